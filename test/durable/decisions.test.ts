import { describe, expect, test } from "vitest";
import { decisionBody, readApproval, readDecision } from "../../src/durable/decisions.js";
import type { StoredApproval } from "../../src/durable/store.js";

const question = {
  ...{ kind: "asked", call: 1, approval: "q", callId: "c-1", tool: "erase", namespace: "" },
  ...{ description: "Erases.", input: { path: "/a" } },
};

function stored(record: unknown, more: Partial<StoredApproval> = {}): StoredApproval {
  const body = typeof record === "string" ? record : JSON.stringify(record);
  return {
    ...{ approvalId: "q", cellId: "c", sessionId: "s", hasEnded: false, decision: undefined },
    record: { seq: 3, at: 7, kind: "asked", body },
    ...more,
  };
}

describe("a decision", () => {
  test.each([
    [{ verdict: "approve" }],
    [{ verdict: "deny", by: "ann" }],
    [{ verdict: "deny", note: "" }],
    [{ verdict: "approve", by: "ann", note: "fine", input: null }],
    [{ verdict: "approve", input: { path: "/b" } }],
  ] as const)("is read as it was made: %j", (decision) => {
    const body = decisionBody(decision) ?? "";
    expect(readDecision({ at: 7, body })).toEqual({ ...decision, at: 7 });
    expect(Object.keys(readDecision({ at: 7, body }))).toHaveLength(
      Object.keys(decision).length + 1,
    );
  });

  test.each([[() => {}], [Symbol("s")], [1n], [{ a: 1n }]])(
    "is none with an input that JSON does not have: %o",
    (input) => {
      expect(decisionBody({ verdict: "approve", input })).toBeUndefined();
    },
  );

  test.each([
    "{",
    "null",
    "1",
    "[]",
    "{}",
    '{"verdict":"yes"}',
    '{"verdict":"approve","by":1}',
    '{"verdict":"approve","note":null}',
  ])("cannot be read from %s", (body) => {
    expect(() => readDecision({ at: 1, body }, "It")).toThrow(/^It cannot be read: /);
    const code = "ERR_INVALID_JOURNAL";
    expect(() => readDecision({ at: 1, body })).toThrow(expect.objectContaining({ code }));
  });

  test("that is sealed says which it is", () => {
    const read = () => readDecision({ at: 1, body: "sealed:x" });
    expect(read).toThrow(expect.objectContaining({ code: "ERR_STORE_KEY" }));
    expect(read).toThrow(/^A decision is sealed/);
  });
});

describe("a question", () => {
  const read = {
    ...{ approvalId: "q", sessionId: "s", cellId: "c", callId: "c-1", tool: "erase" },
    ...{ namespace: "", description: "Erases.", input: { path: "/a" }, askedAt: 7 },
  };
  const decision = { at: 9, body: '{"verdict":"deny"}' };

  test.each([
    ["open", {}, { state: "open" }],
    ["ended", { hasEnded: true }, { state: "ended" }],
    ["decided", { decision }, { state: "decided", decision: { verdict: "deny", at: 9 } }],
    [
      "decided, and its cell has ended",
      { decision, hasEnded: true },
      { state: "decided", decision: { verdict: "deny", at: 9 } },
    ],
  ])("is %s", (_, more, expected) => {
    expect(readApproval(stored(question, more))).toStrictEqual({ ...read, ...expected });
  });

  test("has the reason of its tool, if there is one", () => {
    const approval = readApproval(stored({ ...question, reason: "it is gone then" }));
    expect(approval).toStrictEqual({ ...read, reason: "it is gone then", state: "open" });
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "null"],
    ["that of another", { ...question, approval: "another" }],
    ["without a tool", { ...question, tool: undefined }],
    ["without a call", { ...question, callId: 1 }],
  ])("cannot be read where its record is %s", (_, record) => {
    const code = "ERR_INVALID_JOURNAL";
    const readIt = () => readApproval(stored(record));
    expect(readIt).toThrow(expect.objectContaining({ code }));
    expect(readIt).toThrow(/^The question q of the cell c cannot be read: /);
  });

  test.each([
    ["{", /^The decision about the question q of the cell c cannot be read: /],
    ["sealed:x", /^The decision about the question q of the cell c is sealed/],
  ])("cannot be read where its decision is %s", (body, message) => {
    expect(() => readApproval(stored(question, { decision: { at: 1, body } }))).toThrow(message);
  });
});
