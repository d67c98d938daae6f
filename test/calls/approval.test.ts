import { describe, expect, test } from "vitest";
import { z } from "zod";
import type {
  ApprovalAnswer,
  ApprovalHandler,
  ApprovalRequest,
  CodeModeOptions,
  ToolDefinition,
} from "../../src/index.js";
import { createCodeMode } from "../../src/index.js";
import { openSession, runToTexts, textsOf } from "../support/cells.js";
import { callIt, erase } from "../support/erase-tool.js";

/** The text of one call, and what the tool was run with. */
async function outcomeOf(
  approval: ToolDefinition["approval"],
  options: CodeModeOptions = {},
): Promise<{ readonly text: string | undefined; readonly runs: readonly unknown[] }> {
  const tool = erase(approval);
  const [text] = await runToTexts(callIt, { ...options, tools: { erase: tool } });
  return { text, runs: tool.runs };
}

const needsHandler =
  'The tool "erase" was not called: it needs approval, and no handler is set that could give it: set onApproval in the options of createCodeMode, openSession or exec.';
const failing = (): never => {
  throw new Error("the store is down");
};

describe("a tool's approval", () => {
  test.each([
    ["is not there", undefined, "erased /a"],
    ["is auto", "auto", "erased /a"],
    ["is auto with a reason", { policy: "auto", reason: "harmless" }, "erased /a"],
    ["is deny", "deny", 'The tool "erase" was not called: the call is denied.'],
    [
      "is deny with a reason",
      { policy: "deny", reason: "the disk is read-only" },
      'The tool "erase" was not called: the call is denied: the disk is read-only',
    ],
    ["is ask, and there is no handler", "ask", needsHandler],
    ["is a function that gives auto", () => "auto", "erased /a"],
    ["is a function that gives ask", async () => "ask", needsHandler],
    [
      "is a function that judges the input",
      (input: { path: string }) => (input.path === "/a" ? "deny" : "auto"),
      'The tool "erase" was not called: the call is denied.',
    ],
    [
      "is a function that fails",
      failing,
      'The tool "erase" was not called: its "approval" failed: the store is down',
    ],
    [
      "is a function that rejects",
      async () => failing(),
      'The tool "erase" was not called: its "approval" failed: the store is down',
    ],
    [
      "is a function that gives something else",
      () => true,
      'The tool "erase" was not called: its "approval" must give "auto", "ask" or "deny", and gave the boolean true.',
    ],
    [
      "is a function that gives nothing",
      () => undefined,
      'The tool "erase" was not called: its "approval" must give "auto", "ask" or "deny", and gave undefined.',
    ],
  ] as const)("decides where it %s", async (_, approval, expected) => {
    const { text, runs } = await outcomeOf(approval as ToolDefinition["approval"]);
    expect(text).toBe(expected);
    expect(runs).toEqual(expected === "erased /a" ? [{ path: "/a" }] : []);
  });

  test.each([
    ["sometimes", 'a string "sometimes"'],
    [true, "the boolean true"],
    [{ policy: "never" }, 'an object {"policy":"never"}'],
    [{ policy: "ask", reason: 1 }, 'an object {"policy":"ask","reason":1}'],
  ])("is refused where it is %j", (approval, shown) => {
    const tool = erase(approval as ToolDefinition["approval"]);
    expect(() => createCodeMode({ tools: { erase: tool } })).toThrow(
      expect.objectContaining({
        code: "ERR_INVALID_TOOL",
        message: `The tool "erase" cannot be used: its "approval" must be "auto", "ask", "deny", { policy, reason } or a function, and is ${shown}.`,
      }),
    );
  });

  test("is asked for after the input has been checked, and not at all where that is wrong", async () => {
    const asked: unknown[] = [];
    const tools = {
      count: {
        inputSchema: z.object({ n: z.string().transform(Number) }),
        approval: (input: { n: number }, { callId }: { callId: string }) => {
          asked.push(input, callId);
          return "auto" as const;
        },
        execute: ({ n }: { n: number }) => n + 1,
      },
    };
    const source = `
      text(await tools.count({ n: "41" }));
      await tools.count({ n: 41 }).catch((error) => text(error.message));
    `;
    expect(await runToTexts(source, { tools })).toEqual([
      "42",
      expect.stringMatching(/^Invalid input for tool "count"/),
    ]);
    expect(asked).toEqual([{ n: 41 }, "1-1"]);
  });

  test("of a tool of the AI SDK is its needsApproval", async () => {
    const tool = { execute: () => "ran", needsApproval: true };
    const conditional = {
      execute: () => "ran",
      needsApproval: async (input: { large: boolean }, { toolCallId }: { toolCallId: string }) =>
        input.large && toolCallId !== "",
    };
    const source = `
      for (const call of [() => tools.tool(), () => tools.conditional({ large: true }), () => tools.conditional({ large: false })]) {
        await call().then(text, (error) => text(error.message));
      }`;
    expect(await runToTexts(source, { tools: { tool, conditional } })).toEqual([
      needsHandler.replace("erase", "tool"),
      needsHandler.replace("erase", "conditional"),
      "ran",
    ]);
    const odd = { execute: () => "ran", needsApproval: "yes" };
    expect(() => createCodeMode({ tools: { odd } })).toThrow(
      'its "needsApproval" must be true, false or a function, and is a string "yes"',
    );
  });
});

describe("onApproval", () => {
  const refused = 'The tool "erase" was not called: approval was refused.';
  const invalid =
    "it needs approval, and the onApproval handler must answer true, false, or { approved } with a reason or another input; it answered";

  test.each<readonly [string, () => unknown, string]>([
    ["true", () => true, "erased /a"],
    ["a promise of true", async () => true, "erased /a"],
    ["approved", () => ({ approved: true }), "erased /a"],
    ["approved with a reason", () => ({ approved: true, reason: "fine" }), "erased /a"],
    ["another input", () => ({ approved: true, input: { path: "/b" } }), "erased /b"],
    [
      "another input that is wrong",
      () => ({ approved: true, input: { path: 1 } }),
      'The tool "erase" was not called: the input that the onApproval handler gave is not valid. Invalid input for tool "erase": /path: must be string, got the number 1.',
    ],
    ["false", () => false, refused],
    ["a promise of false", async () => false, refused],
    ["not approved", () => ({ approved: false, input: { path: "/b" } }), refused],
    [
      "not approved, and why",
      () => ({ approved: false, reason: "keep it" }),
      'The tool "erase" was not called: approval was refused: keep it',
    ],
    [
      "an error",
      failing,
      'The tool "erase" was not called: it needs approval, and the onApproval handler failed: the store is down',
    ],
    [
      "a promise of an error",
      async () => failing(),
      'The tool "erase" was not called: it needs approval, and the onApproval handler failed: the store is down',
    ],
    [
      "nothing",
      () => undefined,
      'The tool "erase" was not called: it needs approval, and no onApproval handler has decided.',
    ],
    ["null", () => null, `The tool "erase" was not called: ${invalid} null.`],
    ["yes", () => "yes", `The tool "erase" was not called: ${invalid} a string "yes".`],
    ["not approved, for no reason", () => ({ approved: false, reason: "" }), refused],
    [
      "a reason that is no text",
      () => ({ approved: true, reason: 7 }),
      `The tool "erase" was not called: ${invalid} an object {"approved":true,"reason":7}.`,
    ],
    [
      "a name that is no text",
      () => ({ approved: true, by: 7 }),
      `The tool "erase" was not called: ${invalid} an object {"approved":true,"by":7}.`,
    ],
    [
      "approved as a text",
      () => ({ approved: "no" }),
      `The tool "erase" was not called: ${invalid} an object {"approved":"no"}.`,
    ],
  ])("decides with %s", async (_, answer, expected) => {
    const onApproval = answer as ApprovalHandler;
    const { text, runs } = await outcomeOf("ask", { onApproval });
    expect(text).toBe(expected);
    expect(runs).toEqual(expected.startsWith("erased") ? [{ path: expected.slice(-2) }] : []);
  });

  test("is told what is to be run, where, and why it is asked", async () => {
    const requests: ApprovalRequest[] = [];
    const tool = erase(() => ({ policy: "ask", reason: "it cannot be undone" }));
    const onApproval: ApprovalHandler = (request) => {
      requests.push(request);
      return true;
    };
    await using session = openSession({
      tools: [{ ...tool, name: "erase", namespace: "mcp/files" }],
      onApproval,
    });
    await session.exec(`await tools.mcp__files__erase({ path: "/a" });`);
    expect(requests).toEqual([
      {
        sessionId: session.id,
        cellId: "1",
        callId: "1-1",
        tool: "mcp__files__erase",
        namespace: "mcp/files",
        description: "Erases a file.",
        input: { path: "/a" },
        reason: "it cannot be undone",
      },
    ]);
  });

  test("is told no reason where there is none", async () => {
    const requests: ApprovalRequest[] = [];
    const onApproval: ApprovalHandler = (request) => {
      requests.push(request);
      return true;
    };
    await runToTexts(callIt, { tools: { erase: erase("ask") }, onApproval });
    expect(requests).toHaveLength(1);
    expect(requests[0]).not.toHaveProperty("reason");
  });

  test("is exec's, or where that leaves it open the session's, or else the runtime's", async () => {
    const asked: string[] = [];
    const handler =
      (name: string, answer: ApprovalAnswer): ApprovalHandler =>
      () => {
        asked.push(name);
        return answer;
      };
    await using codeMode = createCodeMode({
      tools: { erase: erase("ask") },
      onApproval: handler("runtime", true),
    });
    const session = codeMode.openSession({ onApproval: handler("session", undefined) });
    expect(textsOf(await session.exec(callIt))).toEqual(["erased /a"]);
    const onApproval = handler("exec", false);
    expect(textsOf(await session.exec(callIt, { onApproval }))).toEqual([refused]);
    expect(textsOf(await codeMode.openSession().exec(callIt))).toEqual(["erased /a"]);
    expect(asked).toEqual(["session", "runtime", "exec", "runtime"]);
  });

  test("is refused where it is no function", () => {
    const onApproval = true as unknown as ApprovalHandler;
    expect(() => createCodeMode({ onApproval })).toThrow(
      'The option "onApproval" must be a function; got the boolean true.',
    );
  });
});
