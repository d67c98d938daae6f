import { describe, expect, test } from "vitest";
import type { ToolContext } from "../../src/index.js";
import type { DurableCalls } from "../../src/protocol/durable-calls.js";
import { Held } from "../support/cells.js";
import { erase } from "../support/erase-tool.js";
import { openCalls } from "../support/open-calls.js";

/** All that could go on has gone on after this. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a call of a tool that is none is not begun, told or counted", () => {
  const { calls, call, sent, told } = openCalls({ one: { execute: () => 1 } });
  call(1, null, 1);
  expect([calls.count, sent, told]).toEqual([0, [], []]);
});

/** Those of a durable cell whose journal has no question. */
function durableCalls(
  own: Pick<DurableCalls, "idempotencyKey" | "attempt" | "begin">,
): DurableCalls {
  const askNobody = (): Promise<never> => Promise.reject(new Error("No question was expected."));
  return { asked: () => undefined, ask: askNobody, decided: askNobody, ...own };
}

describe("the request for approval of a call", () => {
  test.each([
    ["has the reason that its tool gives", { policy: "ask", reason: "it is gone" } as const, true],
    ["has no reason where its tool gives none", "ask" as const, false],
  ])("%s", async (_what, approval, hasReason) => {
    const asked = new Held();
    const onApproval = [
      () => {
        asked.resolve();
        return undefined;
      },
    ];
    const { call, told } = openCalls(
      { erase: { ...erase("ask"), approval: () => approval } },
      {
        onApproval,
      },
    );
    call(1, { path: "/a" });
    await asked.promise;
    const [, request] = told;
    expect(request).toStrictEqual({
      type: "approvalRequested",
      cellId: "1",
      callId: "1-1",
      tool: "erase",
      input: { path: "/a" },
      ...(hasReason && { reason: "it is gone" }),
    });
  });
});

describe("the context of a call", () => {
  const contextOf = (durable: DurableCalls | undefined): Partial<ToolContext> => {
    const contexts: ToolContext[] = [];
    const note = (_input: unknown, context: ToolContext): void => void contexts.push(context);
    const { call } = openCalls({ note: { effect: "read", execute: note } }, { durable });
    call(7);
    const [context] = contexts;
    if (context === undefined) throw new Error("The tool was not called.");
    return context;
  };

  test("of a durable cell has the key that makes it one, and which attempt it is", () => {
    const durable = durableCalls({
      idempotencyKey: (callId) => `key of ${callId}`,
      attempt: (callId) => callId + 1,
      begin: () => Promise.resolve(),
    });
    expect(contextOf(durable)).toMatchObject({ idempotencyKey: "key of 7", attempt: 8 });
  });

  test("of another cell has neither", () => {
    const context = contextOf(undefined);
    expect(context).not.toHaveProperty("idempotencyKey");
    expect(context).not.toHaveProperty("attempt");
  });
});

test.each([
  ["read", ["ran"], ["ran"]],
  ["idempotent", ["begins 3"], ["begins 3", "ran"]],
  ["write", ["begins 3"], ["begins 3", "ran"]],
] as const)(
  "a call of a durable cell whose effect is %s has done %j before it may begin, and %j after",
  async (effect, before, after) => {
    const seen: string[] = [];
    const may = new Held();
    const durable = durableCalls({
      idempotencyKey: String,
      attempt: () => 1,
      begin: (callId) => {
        seen.push(`begins ${callId}`);
        return may.promise;
      },
    });
    const execute = (): void => void seen.push("ran");
    const { call } = openCalls({ one: { effect, execute } }, { durable });
    call(3);
    await settled();
    expect(seen).toEqual(before);
    may.resolve();
    await settled();
    expect(seen).toEqual(after);
  },
);

describe("what a tool gives is what its call is answered with:", () => {
  const answerOf = async (execute: () => unknown): Promise<unknown> => {
    const { call, sent } = openCalls({ give: { execute } });
    call(1);
    await settled();
    expect(sent).toHaveLength(1);
    return sent[0];
  };
  const withThen = (then: unknown, it: object = {}): object =>
    // biome-ignore lint/suspicious/noThenProperty: results that have one are tried.
    Object.defineProperty(it, "then", { value: then, enumerable: true });
  const json = (result: string): object => ({ type: "toolResolved", isJson: true, result });

  test.each<readonly [string, unknown, object]>([
    ["a text", "a", { type: "toolResolved", isJson: false, result: "a" }],
    ["null", null, json("null")],
    ["a number", 1, json("1")],
    ["an object whose then is no function", withThen(1), json('{"then":1}')],
    ["a promise", Promise.resolve(2), json("2")],
    ["a thenable", withThen((go: (value: number) => void) => go(3)), json("3")],
    [
      "a function that is a thenable",
      withThen(
        (go: (value: number) => void) => go(4),
        () => {},
      ),
      json("4"),
    ],
    ["what has no JSON", 1n, { type: "toolRejected", message: expect.stringContaining("JSON") }],
  ])("%s", async (_what, given, answer) => {
    expect(await answerOf(() => given)).toMatchObject(answer);
  });

  test("at once where the tool gives it at once", () => {
    for (const given of ["a", 1, null, {}]) {
      const { call, sent } = openCalls({ give: { execute: () => given } });
      call(1);
      expect(sent).toHaveLength(1);
    }
  });

  test("and its signal is the same however often it is read", () => {
    const signals: AbortSignal[] = [];
    const hang = {
      execute: (_input: unknown, context: ToolContext): Promise<never> => {
        signals.push(context.signal, context.signal);
        return new Promise(() => {});
      },
    };
    const { calls, call } = openCalls({ hang });
    call(1);
    calls.abortAll();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(signals[0]).toBe(signals[1]);
  });
});
