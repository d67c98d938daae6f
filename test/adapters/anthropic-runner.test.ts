import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { anthropicRunnerTools } from "../../src/anthropic.js";
import { openSession } from "../support/cells.js";
import { messageOf, resultOf, toolUse, words } from "../support/messages-wire.js";
import {
  pixel,
  runningCellOf,
  ScriptedServer,
  type ScriptedStep,
  twoPartProgram,
} from "../support/scripted-server.js";

function runnerAt(server: ScriptedServer, tools: ReturnType<typeof anthropicRunnerTools>) {
  const client = new Anthropic({ baseURL: server.origin, apiKey: "none", maxRetries: 0 });
  return client.beta.messages.toolRunner({
    model: "claude-opus-4-8",
    max_tokens: 1000,
    tools,
    messages: [{ role: "user", content: "Rain in Oslo?" }],
  });
}

describe("anthropicRunnerTools", () => {
  test("take the runner through exec, wait and the answer, image included", async () => {
    const steps: readonly ScriptedStep[] = [
      () => messageOf(toolUse("a", "exec", { code: twoPartProgram })),
      (request) => {
        const cell_id = runningCellOf(resultOf(request, "a"));
        return messageOf(toolUse("b", "wait", { cell_id }));
      },
      () => messageOf(words("It rains.")),
    ];
    await using server = await ScriptedServer.start(steps);
    await using session = openSession({ tools: { weather: { execute: () => "rain in Oslo" } } });
    const { content } = await runnerAt(server, anthropicRunnerTools(session));
    expect(content).toMatchObject([{ type: "text", text: "It rains." }]);
    const [first, , third] = server.requests;
    expect(first?.body["tools"]).toMatchObject([
      { name: "exec", input_schema: { type: "object", required: ["code"] } },
      { name: "wait", input_schema: { type: "object", required: ["cell_id"] } },
    ]);
    expect(third && resultOf(third, "b")["content"]).toEqual([
      { type: "text", text: expect.stringMatching(/^Script completed\n/) },
      { type: "text", text: "rain in Oslo" },
      { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } },
    ]);
  });

  test("let the runner mark what has failed", async () => {
    await using server = await ScriptedServer.start([
      () =>
        messageOf(
          toolUse("a", "exec", { code: 'throw new Error("no");' }),
          toolUse("b", "exec", { source: "1" }),
          toolUse("c", "exec", { code: 'text("fine");' }),
        ),
      () => messageOf(words("Well.")),
    ]);
    await using session = openSession();
    await runnerAt(server, anthropicRunnerTools(session));
    const second = server.requests[1];
    const results = ["a", "b", "c"].map((id) => second && resultOf(second, id));
    expect(results).toMatchObject([
      { is_error: true, content: expect.stringMatching(/Script failed\n.*Error: no/s) },
      { is_error: true, content: expect.stringContaining("exec takes code") },
      { content: expect.stringMatching(/\nfine$/) },
    ]);
    expect(results[2]).not.toHaveProperty("is_error");
  });

  test("end a cell when the runner's signal is aborted", async () => {
    await using session = openSession();
    const abort = new AbortController();
    const [exec] = anthropicRunnerTools(session, {
      onEvent: ({ type }) => type === "started" && abort.abort(),
    });
    const input = { code: "for (;;) {}" };
    const content = await exec?.run(input, { signal: abort.signal });
    expect(content).toMatch(/^Script terminated\n/);
  });

  test("throw the texts of what has failed, without its images", async () => {
    await using session = openSession();
    const [exec] = anthropicRunnerTools(session);
    const code = `text("seen"); image("data:image/png;base64,${pixel}"); throw new Error("no");`;
    const failed = exec?.run({ code });
    await expect(failed).rejects.toThrow(/^Script failed\n.*\nseen\nScript error:\nError: no/s);
  });

  test("take a call without a signal, and read its input themselves", async () => {
    await using session = openSession();
    const [exec] = anthropicRunnerTools(session);
    const input = { code: 'text("hi");' };
    expect(exec?.parse(input)).toBe(input);
    for (const context of [undefined, {}, { signal: null }]) {
      expect(await exec?.run(input, context)).toMatch(/\nhi$/);
    }
  });
});
