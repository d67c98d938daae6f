import { RunContext } from "@openai/agents";
import { describe, expect, test } from "vitest";
import { aiTools } from "../../src/ai.js";
import { anthropicRunnerTools, anthropicTools } from "../../src/anthropic.js";
import { googleTools } from "../../src/google.js";
import type { ApprovalHandler, Session, ToolContext } from "../../src/index.js";
import { langchainTools } from "../../src/langchain.js";
import { openaiAgentTools, openaiChatTools, openaiTools } from "../../src/openai.js";
import { Held, openSession } from "../support/cells.js";
import { chatCall } from "../support/chat-wire.js";
import { langchainCore } from "../support/langchain-core.js";
import { toolUse } from "../support/messages-wire.js";
import { functionCall } from "../support/responses-wire.js";

interface Call {
  readonly signal?: AbortSignal;
  readonly context?: unknown;
  readonly onApproval?: ApprovalHandler;
}

/** Runs a program as each framework does, and gives what the framework sends of it. */
type RunAs = (session: Session, code: string, call: Call) => Promise<unknown>;

const adapters: readonly (readonly [string, RunAs])[] = [
  [
    "aiTools",
    async (session, code, { signal, context, onApproval }) => {
      const { exec } = aiTools(session, { onApproval });
      const options = { toolCallId: "a", messages: [], abortSignal: signal, context };
      return exec.execute?.({ code }, options as never);
    },
  ],
  [
    "anthropicTools",
    (session, code, call) =>
      anthropicTools(session).dispatch([toolUse("a", "exec", { code })], call),
  ],
  [
    "anthropicRunnerTools",
    async (session, code, { onApproval, signal, context }) => {
      const [exec] = anthropicRunnerTools(session, { onApproval });
      return exec?.run({ code }, { ...(context as object), ...(signal && { signal }) });
    },
  ],
  [
    "openaiTools",
    (session, code, call) =>
      openaiTools(session, { freeform: false }).dispatch(
        [functionCall("a", "exec", { code }) as { type: string }],
        call,
      ),
  ],
  [
    "openaiChatTools",
    (session, code, call) =>
      openaiChatTools(session).dispatch({ tool_calls: [chatCall("a", "exec", { code })] }, call),
  ],
  [
    "openaiAgentTools",
    async (session, code, { onApproval, signal, context }) => {
      const [exec] = openaiAgentTools(session, { onApproval });
      return exec?.invoke(new RunContext(context), JSON.stringify({ code }), { signal });
    },
  ],
  [
    "googleTools",
    (session, code, call) =>
      googleTools(session).dispatch([{ name: "exec", args: { code } }], call),
  ],
  [
    "langchainTools",
    async (session, code, { onApproval, signal, context }) => {
      const [exec] = langchainTools(session, langchainCore, { onApproval });
      return exec?.invoke({ code }, { ...(context as object), ...(signal && { signal }) });
    },
  ],
];

describe.each(adapters)("%s", (name, runAs) => {
  test("give tools of the cell the context of the call", async () => {
    const seen: unknown[] = [];
    const look = { execute: (_: unknown, { context }: ToolContext) => void seen.push(context) };
    await using session = openSession({ tools: { look } });
    await runAs(session, "await tools.look();", { context: { user: "Ada" } });
    expect(JSON.stringify(seen)).toContain('"user":"Ada"');
  });

  test("hand images at an address on, or say that they are left out", async () => {
    await using session = openSession({ remoteImages: true });
    const sent = JSON.stringify(await runAs(session, 'image("https://example.com/a.png");', {}));
    // Gemini's API takes no addresses.
    const isLeftOut = name === "googleTools";
    expect(sent.includes("left out")).toBe(isLeftOut);
    expect(sent.includes('"https://example.com/a.png"')).toBe(!isLeftOut);
  });

  test("ask the call's handler about tools that need approval", async () => {
    const erase = { approval: "ask" as const, execute: () => "erased" };
    await using session = openSession({ tools: { erase } });
    const onApproval: ApprovalHandler = ({ tool }) => tool === "erase";
    const sent = await runAs(session, 'text("is " + (await tools.erase()));', { onApproval });
    expect(JSON.stringify(sent)).toContain("is erased");
  });

  test("end the cell when the call is aborted", async () => {
    const called = new Held();
    const toolSignals: AbortSignal[] = [];
    const hang = {
      execute: (_: unknown, { signal }: ToolContext) => {
        toolSignals.push(signal);
        called.resolve();
        return new Promise<never>(() => {});
      },
    };
    await using session = openSession({ tools: { hang } });
    const abort = new AbortController();
    const running = runAs(session, "await tools.hang();", { signal: abort.signal });
    await called.promise;
    abort.abort();
    expect(JSON.stringify(await running)).toContain("Script terminated");
    expect(toolSignals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test("leave a cell alone that has yielded, when the call is aborted later", async () => {
    const answer = new Held<string>();
    await using session = openSession({ tools: { ask: { execute: () => answer.promise } } });
    const abort = new AbortController();
    const code = "yield_control(); text(await tools.ask());";
    await runAs(session, code, { signal: abort.signal });
    abort.abort();
    answer.resolve("answered");
    expect(await session.wait("1")).toMatchObject({
      status: "completed",
      output: [{ type: "text", text: "answered" }],
    });
  });
});
