import { Agent, RunContext, tool } from "@openai/agents";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { CodeModeOptions } from "../../src/index.js";
import { openaiToolSource } from "../../src/openai.js";
import { runToTexts } from "../support/cells.js";

describe("gates of the Agents SDK hold", () => {
  const program = `await tools.erase({ path: "/a" }).then(text, (error) => text(error.message));`;
  const notCalled = (why: string): string => `The tool "erase" was not called: ${why}`;
  const runContext = new RunContext({ user: "Ada" });
  const agent = new Agent({ name: "keeper" });

  /** What comes of a call of a tool with such gates, and how often it ran. */
  async function outcomeOf(
    gates: object,
    options: CodeModeOptions = {},
  ): Promise<{ readonly text: string | undefined; readonly runs: number }> {
    let runs = 0;
    const erase = tool({
      name: "erase",
      description: "Erases a file.",
      parameters: z.object({ path: z.string() }),
      execute: ({ path }: { path: string }) => {
        runs += 1;
        return `erased ${path}`;
      },
      ...gates,
    } as Parameters<typeof tool>[0]);
    const tools = openaiToolSource([erase as never], { runContext, agent });
    const [text] = await runToTexts(program, { ...options, tools });
    return { text, runs };
  }

  const unasked = notCalled(
    "it needs approval, and no handler is set that could give it: set onApproval in the options of createCodeMode, openSession or exec.",
  );

  test.each<readonly [string, object, CodeModeOptions, string]>([
    ["none", {}, {}, "erased /a"],
    ["needsApproval", { needsApproval: true }, {}, unasked],
    ["needsApproval, given", { needsApproval: true }, { onApproval: () => true }, "erased /a"],
    [
      "needsApproval, refused",
      { needsApproval: true },
      { onApproval: () => ({ approved: false, reason: "keep it" }) },
      notCalled("approval was refused: keep it"),
    ],
    [
      "needsApproval that looks at the call",
      {
        needsApproval: async (
          { context }: RunContext<{ user: string }>,
          { path }: { path: string },
          callId: string,
        ) => context.user === "Ada" && path === "/a" && callId === "1-1",
      },
      {},
      unasked,
    ],
    [
      "needsApproval that looks at what the schema has made of the input",
      {
        parameters: z.object({ path: z.string().toUpperCase() }),
        needsApproval: async (_run: unknown, { path }: { path: string }) => path === "/A",
      },
      {},
      unasked,
    ],
    [
      "needsApproval that looks at what the schema refuses",
      {
        parameters: z.object({ path: z.string().refine((path) => path !== "/a") }),
        needsApproval: async (_run: unknown, { path }: { path: string }) => path === "/a",
      },
      {},
      unasked,
    ],
    ["needsApproval that does not want any", { needsApproval: async () => false }, {}, "erased /a"],
    [
      "needsApproval that fails",
      { needsApproval: async () => Promise.reject(new Error("no rules")) },
      { onApproval: () => true },
      notCalled('its "approval" failed: no rules'),
    ],
    [
      "isEnabled",
      { isEnabled: false },
      { onApproval: () => true },
      notCalled("the call is denied: the tool is not enabled for this run"),
    ],
    [
      "isEnabled that looks at the run",
      {
        isEnabled: (run: { runContext: RunContext<{ user: string }>; agent: Agent }) =>
          run.runContext.context.user === "Ada" && run.agent.name !== "keeper",
      },
      {},
      notCalled("the call is denied: the tool is not enabled for this run"),
    ],
  ])("%s", async (_what, gates, options, expected) => {
    const { text, runs } = await outcomeOf(gates, options);
    expect(text).toBe(expected);
    expect(runs).toBe(expected === "erased /a" ? 1 : 0);
  });

  const guardrail = (behavior: object, seen: unknown[] = []): object => ({
    name: "keeps",
    run: async ({ agent: by, toolCall, output, context }: Record<string, unknown>) => {
      seen.push({ by, toolCall, output, context });
      return { behavior };
    },
  });
  const reject = { type: "rejectContent", message: "not this file" };

  test.each<readonly [string, object, string, number]>([
    ["input", { inputGuardrails: [guardrail(reject)] }, "not this file", 0],
    ["output", { outputGuardrails: [guardrail(reject)] }, "not this file", 1],
    [
      "input",
      { inputGuardrails: [guardrail({ type: "throwException" })] },
      "Tool input guardrail triggered: keeps",
      0,
    ],
    [
      "output",
      { outputGuardrails: [guardrail({ type: "throwException" })] },
      "Tool output guardrail triggered: keeps",
      1,
    ],
  ])("guardrails on the %s: %j", async (_side, gates, expected, runs) => {
    expect(await outcomeOf(gates)).toEqual({ text: expected, runs });
  });

  test("guardrails are told of the run, the call and what came of it, after approval", async () => {
    const seen: unknown[] = [];
    const allow = { type: "allow" };
    const gates = {
      needsApproval: true,
      inputGuardrails: [guardrail(allow, seen)],
      outputGuardrails: [guardrail(allow, seen)],
    };
    const outcome = await outcomeOf(gates, {
      onApproval: () => {
        seen.push("asked");
        return true;
      },
    });
    expect(outcome).toEqual({ text: "erased /a", runs: 1 });
    const toolCall = {
      type: "function_call",
      callId: "1-1",
      name: "erase",
      status: "completed",
      arguments: '{"path":"/a"}',
    };
    const told = { by: agent, context: runContext, toolCall };
    expect(seen).toEqual(["asked", told, { ...told, output: "erased /a" }]);
  });
});
