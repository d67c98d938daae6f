import { afterEach, describe, expect, test } from "vitest";
import type { CellEvent, CodeModeOptions } from "../../src/index.js";
import type { CellOutcome } from "../../src/protocol/outcome.js";
import { LocalCells, type LocalCellsOptions } from "../../src/server/local-cells.js";
import { requestedCellId } from "../../src/session/cell-ids.js";
import { Held, shownBy, textsOf } from "../support/cells.js";
import { DurableRuntimes } from "../support/durable-runtimes.js";

const a = { tenant: "a", session: "s" };
const b = { tenant: "b", session: "s" };
const untilEnd = { yieldAfterMs: Number.POSITIVE_INFINITY };
const atOnce = { yieldAfterMs: 0 };

let runtimes = new DurableRuntimes();
afterEach(async () => {
  await runtimes[Symbol.asyncDispose]();
  runtimes = new DurableRuntimes();
});

async function nextCells(
  options: Omit<LocalCellsOptions, "codeMode"> & {
    readonly runtime?: CodeModeOptions & { readonly parkAfterMs?: number };
  } = {},
): Promise<LocalCells> {
  const { runtime, ...others } = options;
  return new LocalCells({ codeMode: await runtimes.next(runtime), ...others });
}

/** A tool that waits until it is let go. */
function gate(): { readonly tools: CodeModeOptions["tools"]; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return {
    tools: { gate: { effect: "read", execute: () => opened } },
    open: () => open(),
  };
}

function idOf(outcome: CellOutcome): string {
  return outcome.cellId;
}

describe("cells of a service", () => {
  test("a cell's outcome has a cursor, and the next cell finds what it stored", async () => {
    const cells = await nextCells();
    const outcome = await cells.exec(a, "store('n', 1); text('one')", untilEnd);
    expect(outcome).toMatchObject({ status: "completed", cursor: 1 });
    expect(textsOf(await cells.exec(a, "text(load('n'))", untilEnd))).toEqual(["1"]);
  });

  test("a cell finds what another process has stored since the session was opened", async () => {
    const codeMode = await runtimes.next();
    const cells = new LocalCells({ codeMode });
    await cells.exec(a, "store('n', 1)", untilEnd);
    await codeMode.openSession({ id: "a/s" }).exec("store('n', 2)", untilEnd);
    expect(textsOf(await cells.exec(a, "text(load('n'))", untilEnd))).toEqual(["2"]);
  });

  test("a tenant has neither the cells nor the values of another's session of the same name", async () => {
    const cells = await nextCells();
    const first = await cells.exec(a, "store('n', 1); yield_control(); text('end')", untilEnd);
    expect(first.status).toBe("yielded");
    const missing = { status: "missing", reason: "unknown" };
    expect(await cells.wait(b, idOf(first), untilEnd)).toMatchObject(missing);
    expect(await cells.terminate(b, idOf(first))).toMatchObject(missing);
    expect(await cells.exec(b, "text(String(load('n')))", untilEnd)).toMatchObject({
      output: [{ text: "undefined" }],
    });
    expect(textsOf(await cells.wait(a, idOf(first), untilEnd))).toEqual(["end"]);
  });

  test("a cell that is parked takes no place, and a server that ends does not wait for it", async () => {
    const parked = new Held();
    const cells = await nextCells({
      maxRunningOf: () => 1,
      runtime: {
        tools: { pay: { approval: "ask", execute: () => "paid" } },
        onEvent: ({ type }) => type === "parked" && parked.resolve(),
        parkAfterMs: 0,
      },
    });
    const first = await cells.exec(a, "text(await tools.pay())", { yieldOnApproval: true });
    expect(first.status).toBe("yielded");
    await parked.promise;
    expect(cells.running()).toBe(0);
    expect(textsOf(await cells.exec(a, "text(1)", untilEnd))).toEqual(["1"]);
    await cells.drain();
  });

  test("a request that is sent again while its cell runs is not refused for the room that this takes", async () => {
    const { tools, open } = gate();
    const cells = await nextCells({ maxRunningOf: () => 1, runtime: { tools } });
    const source = "await tools.gate(); text('end')";
    const first = await cells.exec(a, source, { ...atOnce, requestId: "r" });
    expect(first.status).toBe("yielded");
    const other = cells.exec(a, source, { ...atOnce, requestId: "other" });
    await expect(other).rejects.toMatchObject({ code: "ERR_QUOTA" });
    // Nor does it help to wait for a cell that there is not yet.
    const missing = cells.wait(a, requestedCellId("a/s", "new"), untilEnd);
    const early = cells.exec(a, source, { ...atOnce, requestId: "new" });
    await expect(early).rejects.toMatchObject({ code: "ERR_QUOTA" });
    expect(await missing).toMatchObject({ status: "missing" });
    open();
    const again = await cells.exec(a, source, { ...untilEnd, requestId: "r" });
    expect(again).toMatchObject({ cellId: first.cellId, status: "completed" });
  });

  test("who waits for a cell that has ended, or for none, takes no room of those that run", async () => {
    const cells = await nextCells({ maxRunningOf: () => 1 });
    const ended = await cells.exec(a, "text('end')", { ...untilEnd, requestId: "r" });
    const waits = ["no-such-cell", idOf(ended)].map((cellId) => cells.wait(a, cellId, untilEnd));
    expect(cells.running()).toBe(0);
    expect(textsOf(await cells.exec(a, "text('other')", untilEnd))).toEqual(["other"]);
    expect(await Promise.all(waits)).toMatchObject([
      { status: "missing" },
      { status: "completed", output: [{ text: "end" }] },
    ]);
  });

  test("the same request is one cell", async () => {
    const cells = await nextCells();
    const options = { ...untilEnd, requestId: "r" };
    const first = await cells.exec(a, "text('once')", options);
    expect(await cells.exec(a, "text('once')", options)).toMatchObject({
      cellId: idOf(first),
      output: [{ text: "once" }],
    });
    expect(idOf(await cells.exec(b, "text('once')", options))).not.toBe(idOf(first));
  });

  test("a cell goes on when who has begun it leaves", async () => {
    const { tools, open } = gate();
    const cells = await nextCells({ runtime: { tools } });
    const leaves = new AbortController();
    const outcome = await cells.exec(a, "await tools.gate({}); text('end')", {
      ...untilEnd,
      signal: leaves.signal,
      onEvent: (event) => {
        if (event.type === "toolCallStarted") leaves.abort();
      },
    });
    expect(outcome.status).toBe("yielded");
    open();
    expect(textsOf(await cells.wait(a, idOf(outcome), untilEnd))).toEqual(["end"]);
  });

  test("who waits gets the events from then on, and who has begun the cell those before", async () => {
    const { tools, open } = gate();
    const cells = await nextCells({ runtime: { tools } });
    const begun: string[] = [];
    const waited: string[] = [];
    const note = (list: string[]) => (event: CellEvent) => void list.push(event.type);
    const source = "text('one'); await yield_control(); await tools.gate({}); text('two')";
    const first = await cells.exec(a, source, { ...untilEnd, onEvent: note(begun) });
    const waits = cells.wait(a, idOf(first), { ...untilEnd, onEvent: note(waited) });
    open();
    await waits;
    expect(begun).toEqual(["started", "output", "yielded"]);
    expect(waited.slice(-2)).toEqual(["output", "ended"]);
  });

  test("a tenant has as many cells as it may, also of sources that are begun at once", async () => {
    const { tools, open } = gate();
    const cells = await nextCells({
      runtime: { tools },
      maxRunningOf: (tenant) => (tenant === "a" ? 2 : undefined),
    });
    const source = "await tools.gate({})";
    const begun = [1, 2, 3].map((n) => cells.exec({ ...a, session: `s${n}` }, source, atOnce));
    const settled = await Promise.allSettled(begun);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(settled[2]).toMatchObject({ reason: { code: "ERR_QUOTA", retryAfterMs: 1000 } });
    expect((await cells.exec(b, "text('other')", untilEnd)).status).toBe("completed");
    open();
    for (const [index, outcome] of settled.entries()) {
      if (outcome.status === "rejected") continue;
      await cells.wait({ ...a, session: `s${index + 1}` }, idOf(outcome.value), untilEnd);
    }
    expect(cells.running("a")).toBe(0);
    expect((await cells.exec(a, "text('next')", untilEnd)).status).toBe("completed");
  });

  test("a cell that has ended elsewhere takes no place, also for who waits no time for it", async () => {
    const codeMode = await runtimes.next();
    const elsewhere = await codeMode.openSession({ id: "a/s" }).exec("text('end')", untilEnd);
    const cells = new LocalCells({ codeMode: await runtimes.next() });
    const told = await cells.wait(a, idOf(elsewhere), { ...atOnce, after: 0 });
    expect(told).toMatchObject({ status: "completed", output: [{ text: "end" }] });
    expect(cells.running()).toBe(0);
  });

  test("a tenant's limits are those of its cells", async () => {
    const cells = await nextCells({
      limitsOf: (tenant) => (tenant === "a" ? { outputBytes: 5 } : undefined),
    });
    const source = "text('longer')";
    expect((await cells.exec(b, source, untilEnd)).status).toBe("completed");
    expect(await cells.exec(a, source, untilEnd)).toMatchObject({
      status: "failed",
      error: { code: "ERR_CELL_OUTPUT_LIMIT" },
    });
    const lower = { ...untilEnd, limits: { outputBytes: 3 } };
    expect((await cells.exec(b, source, lower)).status).toBe("failed");
  });
});

describe("a drained service", () => {
  test("takes no cells, waits for those that run, and serves who waits for them", async () => {
    const { tools, open } = gate();
    const cells = await nextCells({ runtime: { tools } });
    const source = "await tools.gate({}); text('end')";
    const first = await cells.exec(a, source, atOnce);
    const drained = cells.drain();
    await expect(cells.exec(a, "text(1)", untilEnd)).rejects.toMatchObject({
      code: "ERR_DRAINING",
    });
    const waits = cells.wait(a, idOf(first), untilEnd);
    open();
    expect(textsOf(await waits)).toEqual(["end"]);
    await drained;
    await expect(cells.wait(a, idOf(first), untilEnd)).rejects.toMatchObject({
      code: "ERR_DRAINING",
    });
  });

  test("leaves in the store what has not ended in time, for the next process", async () => {
    const held = gate();
    const cells = await nextCells({ runtime: { tools: held.tools } });
    const source = "text('one'); await tools.gate({}); text('two')";
    const first = await cells.exec(a, source, atOnce);
    const { cursor } = first as { cursor?: number };
    const waits = cells.wait(a, idOf(first), { ...untilEnd, after: cursor ?? 0 });
    await cells.drain(AbortSignal.abort());
    const told = await waits;
    expect(told.status).toBe("yielded");
    const next = gate();
    next.open();
    const others = await nextCells({ runtime: { tools: next.tools } });
    const end = await others.wait(a, idOf(first), { ...untilEnd, after: 0 });
    expect(shownBy(end)).toEqual(["one", "two"]);
  });
});
