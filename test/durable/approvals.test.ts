import { describe, expect, test } from "vitest";
import {
  type ApprovalRequest,
  type CodeMode,
  CodeModeError,
  type KeptApproval,
} from "../../src/index.js";
import { sqliteStore } from "../../src/sqlite.js";
import { completedOf, Held, shownBy } from "../support/cells.js";
import { DurableRuntimes, waitToEnd } from "../support/durable-runtimes.js";
import { callIt, erase } from "../support/erase-tool.js";
import { Place, storeWith } from "../support/store-place.js";

/** Waits until so many questions are open. */
async function openApprovals(codeMode: CodeMode, count = 1): Promise<readonly KeptApproval[]> {
  for (;;) {
    const open = await codeMode.approvals();
    if (open.length >= count) return open;
  }
}

const first = <Item>([item]: readonly Item[]): Item => {
  if (item === undefined) throw new Error("There is none.");
  return item;
};

describe("a call of a durable cell that needs approval", () => {
  test("waits on where the store cannot be reached when its cell is resumed", async () => {
    let isDown = false;
    const place = new Place((store) =>
      storeWith(store, {
        approvals: async (query) => {
          if (!isDown || query?.approvalIds === undefined) return store.approvals(query);
          isDown = false;
          throw new CodeModeError("ERR_STORE_UNAVAILABLE", "The database is down.");
        },
      }),
    );
    const tool = erase({ policy: "ask" } as never);
    const before = await place.open({ tools: { erase: tool } });
    const { cellId } = await before.openSession({ id: "s" }).exec(callIt, { yieldAfterMs: 0 });
    const { approvalId } = first(await openApprovals(before));
    const codeMode = await place.open({ tools: { erase: tool } });
    isDown = true;
    const session = codeMode.openSession({ id: "s" });
    const waiting = await session.wait(cellId, { yieldOnApproval: true });
    expect(waiting).toMatchObject({ status: "yielded", pendingApprovals: ["erase"] });
    await codeMode.decide(approvalId, { verdict: "approve" });
    expect(shownBy(await waitToEnd(session, cellId))).toEqual(["erased /a"]);
    expect(isDown).toBe(false);
    await place.close();
  });

  test("waits where nobody is asked here, is listed, and runs its tool when it is approved", async () => {
    await using runtimes = new DurableRuntimes();
    const tool = erase({ policy: "ask", reason: "it is gone then" } as never);
    const codeMode = await runtimes.next({ tools: { erase: tool } });
    const session = codeMode.openSession({ id: "s" });
    const { cellId } = await session.exec(callIt, { yieldAfterMs: 0 });
    const approval = first(await openApprovals(codeMode));
    expect(approval).toEqual({
      approvalId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sessionId: "s",
      cellId,
      callId: `${cellId}-1`,
      tool: "erase",
      namespace: "",
      description: "Erases a file.",
      input: { path: "/a" },
      reason: "it is gone then",
      askedAt: expect.any(Number),
      state: "open",
    });
    const waiting = await session.wait(cellId, { yieldAfterMs: 0 });
    expect(waiting).toMatchObject({ status: "yielded", pendingApprovals: ["erase"] });
    expect(tool.runs).toEqual([]);

    const decision = { verdict: "approve", by: "ann", note: "fine" } as const;
    expect(await codeMode.decide(approval.approvalId, decision)).toEqual({
      status: "decided",
      decision: { ...decision, at: expect.any(Number) },
    });
    expect(shownBy(await waitToEnd(session, cellId))).toEqual(["erased /a"]);
    expect(
      await codeMode.decide(approval.approvalId, { verdict: "deny", by: "bob" }),
    ).toMatchObject({
      status: "alreadyDecided",
      decision: { verdict: "approve", by: "ann" },
    });
    expect(await codeMode.approvals()).toEqual([]);
    expect(await codeMode.approvals({ state: "all", cellId })).toMatchObject([
      { state: "decided", decision },
    ]);
    expect(await codeMode.approvals({ state: "all", sessionId: "t" })).toEqual([]);
    const { approvalId: after } = approval;
    expect(await codeMode.approvals({ state: "all", after, limit: 1 })).toEqual([]);
    for (const wrong of [{ after: "none" }, { after: 1 }, { limit: 0 }, { limit: 1.5 }]) {
      const asked = codeMode.approvals({ state: "all", ...wrong } as never);
      await expect(asked).rejects.toMatchObject({ code: "ERR_INVALID_OPTION" });
    }
  });

  test("answers an exec or wait that asks for it at once, and no other", async () => {
    await using runtimes = new DurableRuntimes();
    const tool = erase("ask");
    const codeMode = await runtimes.next({ tools: { erase: tool } });
    const session = codeMode.openSession({ id: "s" });
    const never = { yieldAfterMs: Number.POSITIVE_INFINITY };
    const waiting = { status: "yielded", reason: "host", pendingApprovals: ["erase"] };
    const one = `(async () => { ${callIt} })()`;
    const source = `await Promise.all([${one}, ${one}]);`;
    const asked = await session.exec(source, { ...never, yieldOnApproval: true });
    expect(asked).toMatchObject(waiting);
    const { cellId } = asked;
    expect(await session.wait(cellId, { ...never, yieldOnApproval: true })).toMatchObject(waiting);
    const [here, later] = await openApprovals(codeMode, 2);
    await codeMode.decide(here?.approvalId ?? "", { verdict: "approve" });
    // In another runtime, which resumes it.
    const second = await runtimes.next({ tools: { erase: tool } });
    const session2 = second.openSession({ id: "s" });
    const still = await session2.wait(cellId, { ...never, yieldOnApproval: true });
    expect(still).toMatchObject(waiting);
    const ended = session2.wait(cellId, never);
    await second.decide(later?.approvalId ?? "", { verdict: "approve" });
    expect(await ended).toMatchObject({ status: "completed" });
    expect(tool.runs).toHaveLength(2);
  });

  test("does not answer an exec that asks for it where a handler decides", async () => {
    await using runtimes = new DurableRuntimes();
    const codeMode = await runtimes.next({
      tools: { erase: erase("ask") },
      onApproval: () => Promise.resolve(true),
    });
    const outcome = await codeMode.openSession().exec(callIt, { yieldOnApproval: true });
    expect(shownBy(outcome)).toEqual(["erased /a"]);
  });

  test("is rejected with the note, or runs with the input, that was decided", async () => {
    await using runtimes = new DurableRuntimes();
    const tool = erase("ask");
    const codeMode = await runtimes.next({ tools: { erase: tool } });
    const session = codeMode.openSession();
    const decide = async (decision: Parameters<CodeMode["decide"]>[1]) => {
      const { cellId } = await session.exec(callIt, { yieldAfterMs: 0 });
      await codeMode.decide(first(await openApprovals(codeMode)).approvalId, decision);
      return shownBy(await waitToEnd(session, cellId));
    };
    expect(await decide({ verdict: "deny", note: "not today" })).toEqual([
      'The tool "erase" was not called: approval was refused: not today',
    ]);
    expect(await decide({ verdict: "approve", input: { path: "/b" } })).toEqual(["erased /b"]);
    expect(first(await decide({ verdict: "approve", input: { path: 7 } }))).toMatch(
      /was not called: the input .* is not valid/,
    );
    expect(tool.runs).toEqual([{ path: "/b" }]);
  });

  test("is asked about here and elsewhere at once, and the first decision holds", async () => {
    await using runtimes = new DurableRuntimes();
    const requests: ApprovalRequest[] = [];
    const answers = [new Held<boolean>(), new Held<boolean>()];
    const signals: AbortSignal[] = [];
    const codeMode = await runtimes.next({
      tools: { erase: erase("ask") },
      onApproval: (request, { signal }) => {
        signals.push(signal);
        requests.push(request);
        return answers[requests.length - 1]?.promise;
      },
    });
    const session = codeMode.openSession();
    const { cellId } = await session.exec(callIt, { yieldAfterMs: 0 });
    const { approvalId } = first(await openApprovals(codeMode));
    answers[0]?.resolve(true);
    expect(shownBy(await waitToEnd(session, cellId))).toEqual(["erased /a"]);
    expect(requests).toMatchObject([{ approvalId, tool: "erase", input: { path: "/a" } }]);
    expect(first(requests)).not.toHaveProperty("isRepeated");
    expect(await codeMode.decide(approvalId, { verdict: "deny" })).toMatchObject({
      status: "alreadyDecided",
      decision: { verdict: "approve", by: "onApproval" },
    });

    // By another process, which has no lock on the file.
    const other = await session.exec(callIt, { yieldAfterMs: 0 });
    const question = first(await openApprovals(codeMode));
    const guest = sqliteStore(runtimes.file);
    const body = JSON.stringify({ verdict: "deny", note: "from afar" });
    expect(await guest.decide(question.approvalId, { at: 1, body })).toEqual({ type: "decided" });
    await guest.close();
    expect(first(shownBy(await waitToEnd(session, other.cellId)))).toMatch(/from afar$/);
    expect(signals[1]?.aborted).toBe(true);
    answers[1]?.resolve(true);
  });

  test("is not asked anew by the next process, which follows what was decided meanwhile", async () => {
    await using runtimes = new DurableRuntimes();
    const tool = erase("ask");
    const requests: ApprovalRequest[] = [];
    const onApproval = (request: ApprovalRequest) => void requests.push(request);
    const source = `
      const calls = ["/a", "/b"].map((path) => tools.erase({ path }).catch((error) => error.message));
      text(await Promise.all(calls));`;
    const begun = await runtimes.next({ tools: { erase: tool }, onApproval });
    const { cellId } = await begun.openSession({ id: "s" }).exec(source, { yieldAfterMs: 0 });
    const open = await openApprovals(begun, 2);
    await runtimes.next();
    // Nobody runs the cell now.
    const decider = sqliteStore(runtimes.file);
    const body = JSON.stringify({ verdict: "approve" });
    await decider.decide(open[0]?.approvalId ?? "", { at: 1, body });
    await decider.close();

    const later = await runtimes.next({ tools: { erase: tool }, onApproval });
    expect(await later.approvals()).toEqual([open[1]]);
    const session = later.openSession({ id: "s" });
    const ended = waitToEnd(session, cellId);
    const { approvalId } = open[1] as KeptApproval;
    while (requests.length < 3) await session.wait("none");
    await later.decide(approvalId, { verdict: "approve" });
    expect(shownBy(completedOf(await ended))).toEqual(['["erased /a","erased /b"]']);
    expect(requests.map((request) => [request.approvalId, request.isRepeated])).toEqual([
      [open[0]?.approvalId, undefined],
      [approvalId, undefined],
      [approvalId, true],
    ]);
    expect(tool.runs).toEqual([{ path: "/a" }, { path: "/b" }]);
    expect(await later.approvals({ state: "all" })).toHaveLength(2);
  });

  test("is not run after it was denied, also where its tool asks no more", async () => {
    await using runtimes = new DurableRuntimes();
    const tool = erase("ask");
    const begun = await runtimes.next({ tools: { erase: tool } });
    const { cellId } = await begun.openSession({ id: "s" }).exec(callIt, { yieldAfterMs: 0 });
    const { approvalId } = first(await openApprovals(begun));
    const bold = erase("auto");
    const later = await runtimes.next({ tools: { erase: bold } });
    await later.decide(approvalId, { verdict: "deny" });
    const outcome = await waitToEnd(later.openSession({ id: "s" }), cellId);
    expect(first(shownBy(outcome))).toMatch(/approval was refused/);
    expect([...tool.runs, ...bold.runs]).toEqual([]);
  });

  test("is asked anew where the schema makes another input of what the program gave", async () => {
    await using runtimes = new DurableRuntimes();
    const tools = (suffix: string) => {
      const { inputSchema: _, ...tool } = erase("ask");
      const jsonSchema = { type: "object" };
      const validate = (value: unknown) => ({
        success: true,
        value: { path: `${(value as { path: string }).path}${suffix}` },
      });
      return { erase: { ...tool, inputSchema: { jsonSchema, validate } } };
    };
    const begun = await runtimes.next({ tools: tools("1") });
    const { cellId } = await begun.openSession({ id: "s" }).exec(callIt, { yieldAfterMs: 0 });
    const asked = first(await openApprovals(begun));
    expect(asked.input).toEqual({ path: "/a1" });
    const later = await runtimes.next({ tools: tools("2") });
    const session = later.openSession({ id: "s" });
    const ended = waitToEnd(session, cellId);
    const again = first((await openApprovals(later, 2)).slice(1));
    expect(again.input).toEqual({ path: "/a2" });
    await later.decide(again.approvalId, { verdict: "approve" });
    expect(shownBy(await ended)).toEqual(["erased /a2"]);
  });

  test("is taken back when its cell ends, and cannot be decided any more", async () => {
    await using runtimes = new DurableRuntimes();
    const codeMode = await runtimes.next({ tools: { erase: erase("ask") } });
    const session = codeMode.openSession();
    const { cellId } = await session.exec(callIt, { yieldAfterMs: 0 });
    const { approvalId } = first(await openApprovals(codeMode));
    await session.terminate(cellId);
    expect(await codeMode.approvals()).toEqual([]);
    expect(await codeMode.approvals({ state: "all" })).toMatchObject([{ state: "ended" }]);
    expect(await codeMode.decide(approvalId, { verdict: "approve" })).toEqual({ status: "ended" });
    expect(await codeMode.decide("none", { verdict: "approve" })).toEqual({ status: "missing" });
  });
});

test.each([
  [{}, /"verdict" must be "approve" or "deny"; got undefined/],
  [{ verdict: true }, /"verdict" must be/],
  [{ verdict: "approve", who: "x" }, /no option "who"/],
  [{ verdict: "approve", note: 5 }, /"note" must be a string/],
  [{ verdict: "approve", by: "x".repeat(10_001) }, /at most 10000 characters/],
  [{ verdict: "deny", input: {} }, /"input" must be undefined/],
  [{ verdict: "approve", input: 1n }, /"input" must be a JSON value/],
])("the decision %o is refused", async (decision, message) => {
  await using runtimes = new DurableRuntimes();
  const codeMode = await runtimes.next();
  const refused = codeMode.decide("id", decision as never);
  await expect(refused).rejects.toMatchObject({
    code: "ERR_INVALID_OPTION",
    message: expect.stringMatching(message),
  });
});
