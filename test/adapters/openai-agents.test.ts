import { Agent, OpenAIResponsesModel, RunContext, Runner, tool } from "@openai/agents";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openaiAgentTools, openaiToolSource } from "../../src/openai.js";
import { openSession } from "../support/cells.js";
import { functionCall, message, outputOf, responseOf } from "../support/responses-wire.js";
import {
  pixel,
  runningCellOf,
  ScriptedServer,
  type ScriptedStep,
  twoPartProgram,
} from "../support/scripted-server.js";

interface User {
  readonly user: string;
}

const runner = new Runner({ tracingDisabled: true });

const weather = tool({
  name: "weather",
  description: "The weather in a city.",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }, run?: RunContext<User>) => `rain in ${city} for ${run?.context.user}`,
});

function agentAt(server: ScriptedServer, tools: ReturnType<typeof openaiAgentTools>) {
  const client = new OpenAI({ baseURL: `${server.origin}/v1`, apiKey: "none", maxRetries: 0 });
  const model = new OpenAIResponsesModel(client, "gpt-5.5");
  return new Agent<User>({ name: "coder", model, tools });
}

describe("openaiAgentTools", () => {
  test("take an agent through exec, wait and its answer, with the run's context and an image", async () => {
    const steps: readonly ScriptedStep[] = [
      () => responseOf(functionCall("a", "exec", { code: twoPartProgram })),
      (request) => {
        const cell_id = runningCellOf(outputOf(request, "a"));
        return responseOf(functionCall("b", "wait", { cell_id }));
      },
      () => responseOf(message("It rains.")),
    ];
    await using server = await ScriptedServer.start(steps);
    await using session = openSession({ tools: openaiToolSource([weather]) });
    const agent = agentAt(server, openaiAgentTools(session));
    const result = await runner.run(agent, "Rain in Oslo?", { context: { user: "Ada" } });
    expect(result.finalOutput).toBe("It rains.");
    const [first, , third] = server.requests;
    expect(first?.body["tools"]).toMatchObject([
      { type: "function", name: "exec", strict: false, parameters: { required: ["code"] } },
      { type: "function", name: "wait" },
    ]);
    expect(third && outputOf(third, "b")).toMatchObject([
      { type: "input_text", text: expect.stringMatching(/^Script completed\n/) },
      { type: "input_text", text: "rain in Oslo for Ada" },
      { type: "input_image", image_url: `data:image/png;base64,${pixel}` },
    ]);
  });

  test("end a cell when the run is aborted, and ask the handler of the tools", async () => {
    const asked: unknown[] = [];
    const erase = tool({
      name: "erase",
      description: "",
      parameters: z.object({}),
      needsApproval: true,
      execute: () => "erased",
    });
    await using session = openSession({ tools: openaiToolSource([erase]) });
    const abort = new AbortController();
    const [exec] = openaiAgentTools(session, {
      onApproval: ({ tool: name }) => {
        asked.push(name);
        abort.abort();
        return new Promise<boolean>(() => {});
      },
    });
    const input = JSON.stringify({ code: "await tools.erase({});" });
    const output = await exec?.invoke(new RunContext({}), input, { signal: abort.signal });
    expect(output).toMatch(/^Script terminated\n/);
    expect(asked).toEqual(["erase"]);
  });

  test("are always enabled, and need no approval of their own", async () => {
    await using session = openSession();
    const [exec, wait] = openaiAgentTools(session);
    for (const made of [exec, wait]) {
      expect(await made?.isEnabled()).toBe(true);
      expect(await made?.needsApproval(undefined, { cell_id: "1" })).toBe(false);
      expect(made?.description).not.toContain("a person is asked");
    }
  });

  test.each([
    ["", "high"],
    [', "low"', "low"],
    [', "original"', "high"],
  ])(
    "answer with parts where there are images: image(url%s) has the detail %s",
    async (given, detail) => {
      await using session = openSession();
      const url = `data:image/png;base64,${pixel}`;
      const code = `text("a"); image("${url}"${given}); audio("data:audio/wav;base64,UklGRg==");`;
      const [exec] = openaiAgentTools(session);
      expect(await exec?.invoke(new RunContext({}), JSON.stringify({ code }))).toEqual([
        { type: "text", text: expect.stringMatching(/^Script completed\n/) },
        { type: "text", text: "a" },
        { type: "image", image: url, detail },
        { type: "text", text: "[sound left out: a tool's result can have none here]" },
      ]);
    },
  );

  test("refuse sdkApproval where no store keeps the cells, and what is no choice", async () => {
    await using session = openSession();
    for (const sdkApproval of [true, "yes"]) {
      expect(() => openaiAgentTools(session, { sdkApproval: sdkApproval as true })).toThrow(
        expect.objectContaining({ code: "ERR_INVALID_OPTION" }),
      );
    }
    expect(openaiAgentTools(session, { sdkApproval: false })).toHaveLength(2);
  });
});
