import { describe, expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";

const runtime = createCodeMode({ prewarm: 0 });
const decide = (decision: object | null): Promise<unknown> =>
  runtime.decide("1", decision as never);
const approvals = (query: object | null): Promise<unknown> => runtime.approvals(query as never);
const revert = (options: object | null): Promise<unknown> => runtime.revert("1", options as never);

const refused = (message: string): unknown =>
  expect.objectContaining({
    name: "CodeModeError",
    code: "ERR_INVALID_OPTION",
    message: expect.stringContaining(message),
  });

const approve = { verdict: "approve" };
const long = "x".repeat(10_000);

describe.each<
  readonly [
    string,
    (options: object | null) => Promise<unknown>,
    readonly object[],
    readonly (readonly [object | null, string])[],
  ]
>([
  [
    "decide",
    decide,
    [
      approve,
      { ...approve, by: long, note: long, input: { a: 1 } },
      { verdict: "deny", by: "", note: "", input: undefined },
    ],
    [
      [null, 'The option "the decision" must be an object; got null.'],
      [{}, '"verdict" must be "approve" or "deny"; got undefined.'],
      [{ verdict: true }, '"verdict" must be "approve" or "deny"; got the boolean true.'],
      [{ verdict: "approved" }, '"verdict" must be "approve" or "deny"'],
      [{ ...approve, reason: "" }, 'There is no option "reason" in the decision'],
      [{ ...approve, by: 7 }, '"by" must be a string'],
      [{ ...approve, note: null }, '"note" must be a string'],
      [{ ...approve, by: `${long}x` }, '"by" must be a string of at most 10000 characters'],
      [{ ...approve, note: `${long}x` }, '"note" must be a string of at most 10000 characters'],
      [{ verdict: "deny", input: 1 }, '"input" must be undefined with the verdict "deny"'],
    ],
  ],
  [
    "approvals",
    approvals,
    [{}, { cellId: "1", sessionId: "a", state: "open" }, { state: "all" }],
    [
      [null, '"the query of approvals" must be an object; got null.'],
      [{ cell: "1" }, 'There is no option "cell" in the query of approvals'],
      [{ cellId: 1 }, '"cellId" must be a string'],
      [{ sessionId: null }, '"sessionId" must be a string'],
      [{ state: "closed" }, '"state" must be "open" or "all"'],
    ],
  ],
  [
    "revert",
    revert,
    [{}, { onLost: "retry" }, { onLost: "fail", tools: [] }],
    [
      [null, '"the options of revert" must be an object; got null.'],
      [{ retry: true }, 'There is no option "retry" in the options of revert'],
      [{ onLost: "ask" }, '"onLost" must be "retry" or "fail"'],
    ],
  ],
])("%s", (name, call, good, bad) => {
  test("takes what it knows, and says that this runtime has no store", async () => {
    for (const options of good) await expect(call(options)).rejects.toThrow(refused(needsStore));
  });

  test("refuses all else, and says what was expected", async () => {
    for (const [options, message] of bad) {
      await expect(call(options)).rejects.toThrow(refused(message));
    }
  });

  const needsStore = `${name} needs a store, which this runtime has not: set durability in the options of createCodeMode.`;
});

test("the id of a question is a string, and the cell of a journal is one in the store", async () => {
  const id = runtime.decide(7 as never, approve as never);
  await expect(id).rejects.toThrow(refused('"approvalId" must be a string; got the number 7.'));
  const message = '"cellId" must be that of a cell in the store of this runtime';
  for (const cellId of ["1", 7 as never]) {
    await expect(runtime.journal(cellId)).rejects.toThrow(refused(message));
  }
});
