import { describe, expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";
import type { DurableStore } from "../../src/sqlite.js";
import { EventLog, textsOf } from "../support/cells.js";
import { endlessJournal } from "../support/endless-journal.js";
import { callIt, erase } from "../support/erase-tool.js";
import { ScriptedCells } from "../support/scripted-cells.js";
import { Place, storeWith } from "../support/store-place.js";

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };
const approve = { verdict: "approve" } as const;
// As a program in JavaScript may call it.
const notText = { id: 5 } as unknown as string;

test("a runtime whose backend makes none ahead has no isolates that wait, and is closed once", async () => {
  const runtime = new ScriptedCells().runtime();
  expect(runtime.stats().isolates).toEqual({ ready: 0, starting: 0, orphaned: 0 });
  expect(runtime.close()).toBe(runtime.close());
  await runtime.close();
});

test("a runtime is closed when its replays are over", async () => {
  const codeMode = createCodeMode();
  let isOver = false;
  codeMode.replay(await endlessJournal()).catch(() => {
    isOver = true;
  });
  await codeMode.close();
  expect(isOver).toBe(true);
});

describe("what only a store can answer", () => {
  test.each([
    ["approvals", (codeMode: ReturnType<typeof createCodeMode>) => codeMode.approvals()],
    ["decide", (codeMode) => codeMode.decide("id", approve)],
    ["revert", (codeMode) => codeMode.revert("id")],
  ])("is refused without one: %s", async (method, ask) => {
    await using codeMode = createCodeMode();
    await expect(ask(codeMode)).rejects.toMatchObject({
      code: "ERR_INVALID_OPTION",
      message: expect.stringMatching(`^${method} needs a store`),
    });
    await expect(codeMode.journal("id")).rejects.toMatchObject({ code: "ERR_INVALID_OPTION" });
  });

  test("is refused where it is asked of nothing that there is", async () => {
    const place = new Place();
    const codeMode = await place.open();
    const refused = { code: "ERR_INVALID_OPTION" };
    await expect(codeMode.journal("id")).rejects.toMatchObject(refused);
    await expect(codeMode.journal(notText)).rejects.toMatchObject(refused);
    await expect(codeMode.revert(notText)).rejects.toMatchObject(refused);
    await expect(codeMode.decide(notText, approve)).rejects.toMatchObject(refused);
    await expect(codeMode.approvals({ after: "id" })).rejects.toMatchObject(refused);
    await expect(codeMode.approvals({ limit: 0 })).rejects.toMatchObject(refused);
    expect(await codeMode.approvals()).toEqual([]);
    await place.close();
  });
});

describe("a question about a call", () => {
  test("that another process has decided is looked up at once by a runtime that is told so", async () => {
    const lookups: unknown[] = [];
    let isSeen = false;
    let decideElsewhere: DurableStore["decide"] | undefined;
    const place = new Place((store) => {
      decideElsewhere = (...decision) => store.decide(...decision);
      return storeWith(store, {
        approvals: async (query) => {
          lookups.push(query?.approvalIds);
          return isSeen ? store.approvals(query) : [];
        },
      });
    });
    const log = new EventLog();
    const codeMode = await place.open({ tools: { erase: erase("ask") }, onEvent: log.push });
    const exec = codeMode.openSession({ id: "s" }).exec(callIt, noWait);
    const { approvalId = "" } = await log.seen("approvalRequested");
    await decideElsewhere?.(approvalId, { at: 1, body: JSON.stringify(approve) });
    lookups.length = 0;
    await codeMode.decided("another");
    expect(lookups).toEqual([]);
    // What looks from time to time must not be first.
    isSeen = true;
    void codeMode.decided(approvalId);
    expect(lookups).toEqual([[approvalId]]);
    expect(textsOf(await exec)).toEqual(["erased /a"]);
    await place.close();
  });

  test("is none where there is no store", async () => {
    await using codeMode = createCodeMode();
    await expect(codeMode.decided("id")).resolves.toBeUndefined();
    expect(codeMode.openSession().approvals).toBeUndefined();
  });

  test("is listed and decided by the session of its cell", async () => {
    const place = new Place();
    const log = new EventLog();
    const codeMode = await place.open({ tools: { erase: erase("ask") }, onEvent: log.push });
    const [session, other] = ["s", "t"].map((id) => codeMode.openSession({ id }));
    const exec = session?.exec(callIt, noWait);
    const { approvalId = "", cellId } = await log.seen("approvalRequested");
    expect(await session?.approvals?.of(cellId)).toMatchObject([{ approvalId, state: "open" }]);
    expect(await other?.approvals?.of(cellId)).toEqual([]);
    const outcome = await session?.approvals?.decide(approvalId, approve);
    expect(outcome).toMatchObject({ status: "decided", decision: approve });
    expect((await exec)?.status).toBe("completed");
    await place.close();
  });
});
