import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import type { Session } from "../../src/index.js";
import { type LangChainToolsOptions, langchainTools } from "../../src/langchain.js";
import { EventLog, openSession } from "../support/cells.js";
import { langchainCore, type MadeTool, type ToolMessage } from "../support/langchain-core.js";
import { pixel, sound } from "../support/scripted-server.js";

const png = `data:image/png;base64,${pixel}`;

function toolsOf(
  session: Session,
  options?: LangChainToolsOptions,
): { readonly exec: MadeTool; readonly wait: MadeTool } {
  const [exec, wait] = langchainTools(session, langchainCore, options);
  if (exec === undefined || wait === undefined) throw new Error("There are not two tools.");
  return { exec, wait };
}

async function failureOf(answer: Promise<unknown>): Promise<ToolMessage["fields"]> {
  return ((await answer) as ToolMessage).fields;
}

describe("langchainTools", () => {
  test("are exec and wait, whose wrong inputs are explained", async () => {
    await using session = openSession();
    const { exec, wait } = toolsOf(session);
    expect(exec.fields).toEqual({
      name: "exec",
      description: expect.stringContaining("JavaScript"),
      schema: expect.objectContaining({ required: ["code"] }),
      verboseParsingErrors: true,
    });
    expect(wait.fields).toMatchObject({
      name: "wait",
      description: expect.not.stringContaining("a person is asked"),
      schema: { required: ["cell_id"] },
    });
  });

  test("answer with text where there is only text", async () => {
    await using session = openSession();
    const answer = await toolsOf(session).exec.invoke({ code: 'text("a"); text("b");' });
    expect(answer).toMatch(/^Script completed\n.*\na\nb$/s);
  });

  test.each([
    ["", "high"],
    [', "auto"', "auto"],
    [', "low"', "low"],
    [', "original"', "high"],
  ])(
    "answer with blocks where there are images: image(url%s) has the detail %s",
    async (given, detail) => {
      await using session = openSession({ remoteImages: true });
      const code = `text("a"); image("${png}"${given}); image("https://example.com/a.png"); audio("${sound}");`;
      expect(await toolsOf(session).exec.invoke({ code })).toEqual([
        { type: "text", text: expect.stringMatching(/^Script completed\n/) },
        { type: "text", text: "a" },
        { type: "image_url", image_url: { url: png, detail } },
        { type: "image_url", image_url: { url: "https://example.com/a.png", detail: "high" } },
        { type: "text", text: "[sound left out: a tool's result can have none here]" },
      ]);
    },
  );

  test("leave sound out of blocks where the options let it through", async () => {
    await using session = openSession();
    const { exec } = toolsOf(session, { media: { images: ["image/png"], audio: ["audio/wav"] } });
    const answer = await exec.invoke({ code: `image("${png}"); audio("${sound}");` });
    expect(JSON.stringify(answer)).not.toContain("data:audio");
  });

  test.each<readonly [string, object | undefined, string]>([
    ["of a call", { toolCall: { id: "a" } }, "a"],
    ["of no call", undefined, ""],
  ])(
    "answer with a message of status error where a program fails, with the id %s",
    async (_what, config, id) => {
      await using session = openSession();
      const { exec } = toolsOf(session);
      expect(await failureOf(exec.invoke({ code: 'throw new Error("no");' }, config))).toEqual({
        content: expect.stringMatching(/^Script failed\n.*Error: no/s),
        status: "error",
        tool_call_id: id,
        name: "exec",
      });
    },
  );

  test("show what a program has output before it failed", async () => {
    await using session = openSession();
    const code = `image("${png}"); throw new Error("no");`;
    const { content } = await failureOf(toolsOf(session).exec.invoke({ code }));
    expect(content).toEqual([
      { type: "text", text: expect.stringMatching(/^Script failed\n/) },
      { type: "image_url", image_url: { url: png, detail: "high" } },
      { type: "text", text: expect.stringContaining("Error: no") },
    ]);
  });

  test("tell the handlers of exec, and not of wait, what cells do", async () => {
    const told = new EventLog();
    const notes: string[] = [];
    await using session = openSession();
    const { exec, wait } = toolsOf(session, {
      onEvent: told.push,
      onNotify: ({ text }) => void notes.push(text),
    });
    await exec.invoke({ code: 'notify("n"); yield_control(); text("b");' });
    expect(await wait.invoke({ cell_id: "1" })).toMatch(/^Script completed\n.*\nb$/s);
    expect(told.types()).toEqual(expect.arrayContaining(["started", "notify", "ended"]));
    expect(notes).toEqual(["n"]);
  });

  test("listen to the run's signal no longer than the call takes", async () => {
    await using session = openSession();
    const { signal } = new AbortController();
    await toolsOf(session).exec.invoke({ code: "1" }, { signal });
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("start no cell for a run that is aborted already", async () => {
    const told = new EventLog();
    await using session = openSession({ onEvent: told.push });
    const signal = AbortSignal.abort();
    const answer = await toolsOf(session).exec.invoke({ code: 'text("a");' }, { signal });
    expect(answer).toMatch(/^Script terminated/);
    expect(told.types()).toEqual([]);
  });

  test.each<readonly [object, RegExp]>([
    [{ sdkApproval: "yes" }, /"sdkApproval" must be/],
    [{ sdkApproval: true }, /"sdkApproval" must be undefined where no store keeps the cells/],
    [{ onEvent: 5 }, /"onEvent" must be/],
    [{ unknown: 1 }, /no option "unknown"/],
  ])("refuse the options %j", async (options, message) => {
    await using session = openSession();
    expect(() => toolsOf(session, options as LangChainToolsOptions)).toThrow(
      expect.objectContaining({
        code: "ERR_INVALID_OPTION",
        message: expect.stringMatching(message),
      }),
    );
  });
});
