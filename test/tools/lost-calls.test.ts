import { describe, expect, test } from "vitest";
import type { Reconciled, ToolContext, ToolDefinition } from "../../src/index.js";
import { RegisteredTool } from "../../src/tools/registered-tool.js";

const { signal } = new AbortController();
const context: ToolContext = { sessionId: "s", cellId: "1", callId: "1-1", signal };

const pay = (more: Partial<ToolDefinition>): RegisteredTool =>
  new RegisteredTool("pay", { execute: (input) => `ran with ${input}`, ...more });

/** What a call that was lost before gives, or why it fails. */
const again = async (more: Partial<ToolDefinition>, attempt = 2): Promise<unknown> => {
  try {
    return await pay(more).execute(7, { ...context, attempt });
  } catch (error) {
    return (error as Error).message;
  }
};

const says = (found: unknown): Partial<ToolDefinition> => ({
  reconcile: () => found as Reconciled,
});

describe("a call that was lost", () => {
  test.each<[string, Partial<ToolDefinition>, unknown]>([
    ["runs again where nobody says what became of it", {}, "ran with 7"],
    ["gives the result that it had", says({ status: "done", result: 5 }), 5],
    ["gives nothing where it was done without one", says({ status: "done" }), undefined],
    ["runs again where it was not done", says({ status: "notDone" }), "ran with 7"],
    [
      "runs again where that is unknown and nothing is lost by it",
      { ...says({ status: "unknown" }), effect: "read" },
      "ran with 7",
    ],
    [
      "runs again where it was not done, though one that is unknown would fail",
      { ...says({ status: "notDone" }), onLost: "fail" },
      "ran with 7",
    ],
    [
      "fails where that is unknown",
      says({ status: "unknown" }),
      expect.stringMatching(/^It is not known whether this call of pay took effect/),
    ],
    ...[null, {}, { status: "perhaps" }, "done"].map(
      (found): [string, Partial<ToolDefinition>, unknown] => [
        `fails where ${JSON.stringify(found)} is said of it`,
        says(found),
        expect.stringMatching(
          /^"reconcile" of the tool "pay" must give .*"notDone" or "unknown"; it gave (null|an? \w+ .*)\.$/,
        ),
      ],
    ),
  ])("%s", async (_what, more, expected) => {
    expect(await again(more)).toEqual(expected);
  });

  test("is asked about with its input and its context", async () => {
    const asked: unknown[] = [];
    await again({
      reconcile: (input, { attempt }) => {
        asked.push(input, attempt);
        return { status: "done" };
      },
    });
    expect(asked).toEqual([7, 2]);
  });
});

test("a call that was not lost is not asked about", async () => {
  const { reconcile } = says({ status: "done" }) as Required<ToolDefinition>;
  expect(await again({ reconcile }, 1)).toBe("ran with 7");
  expect(pay({ reconcile }).execute(7, context)).toBe("ran with 7");
});

test("a tool undoes a call with the input as it ran with it, and the result", async () => {
  const undone: unknown[] = [];
  const tool = pay({
    inputSchema: { type: "object", properties: { n: { type: "number" } } },
    revert: (input, result) => void undone.push([input, result]),
  });
  const call = { ...context, idempotencyKey: "k" } as never;
  await tool.revert({ input: { n: 1 }, result: "r" }, call);
  await tool.revert({ input: null, result: undefined }, call);
  await expect(tool.revert({ input: { n: "1" }, result: 0 }, call)).rejects.toThrow("/n: must be");
  expect(undone).toEqual([
    [{ n: 1 }, "r"],
    [{}, undefined],
  ]);
});

test("an input whose check would take years is refused when its call is to be undone", async () => {
  const inputSchema = { properties: { a: { type: "string", pattern: "^(a+)+$" } } };
  const call = { input: { a: `${"a".repeat(60)}b` }, result: null };
  await expect(pay({ inputSchema }).revert(call, context as never)).rejects.toThrow(
    "takes longer than 60 ms to check it",
  );
});

test("a tool that cannot undo its calls undoes nothing, and has no input too long for its check", async () => {
  await pay({}).revert({ input: undefined, result: 1 }, context as never);
});

test("a tool says what a call that is not made is assumed to give", () => {
  expect(pay({ preview: (input) => [input] }).preview(1)).toEqual([1]);
  expect(pay({ preview: () => undefined }).preview(1)).toBeNull();
});

describe("approval of a call", () => {
  test.each<[Partial<ToolDefinition> & { needsApproval?: unknown }, object]>([
    [{}, { policy: "auto" }],
    [{ approval: { policy: "deny" } }, { policy: "deny" }],
    [{ approval: { policy: "ask", reason: "money" } }, { policy: "ask", reason: "money" }],
    [{ approval: () => ({ policy: "deny" }) }, { policy: "deny" }],
    [{ needsApproval: true }, { policy: "ask" }],
    [{ needsApproval: false }, { policy: "auto" }],
    [{ needsApproval: null }, { policy: "auto" }],
    [{ needsApproval: () => false }, { policy: "auto" }],
  ])("of %j is %j", async (more, expected) => {
    expect(await pay(more).approvalOf(1, context)).toStrictEqual(expected);
  });
});
