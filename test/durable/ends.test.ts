import { expect, test } from "vitest";
import { type CodeModeOptions, createCodeMode, type Session } from "../../src/index.js";
import { sqliteStore } from "../../src/sqlite.js";
import { DurableRuntimes } from "../support/durable-runtimes.js";
import { storeWith } from "../support/store-place.js";

const tools = {
  look: { effect: "read", execute: () => "seen" },
  hang: { execute: () => new Promise<never>(() => {}) },
} as const;

const never = { yieldAfterMs: Number.POSITIVE_INFINITY };

const completed = `
  text("é" + (await tools.look()));
  void tools.hang();
  void Promise.reject(new Error("not handled"));`;

const failed = `
  const cause = new TypeError("why");
  throw new Error("what", { cause });`;

test.each<readonly [string, string, string, CodeModeOptions]>([
  ["completed, with warnings", "completed", completed, {}],
  ["of a process", "completed", completed, { isolation: "process" }],
  ["an error with a cause", "failed", failed, {}],
  ["a limit", "failed", "for (;;) text(1)", { limits: { outputItems: 3 } }],
  ["a deadlock", "failed", "await new Promise(() => {})", {}],
])(
  "an end that is told again by another runtime is the same: %s",
  async (_, status, source, options) => {
    await using runtimes = new DurableRuntimes();
    const open = async (): Promise<Session> =>
      (await runtimes.next({ tools, ...options })).openSession({ id: "s" });
    const first = await (await open()).exec(source, never);
    expect(first.status).toBe(status);
    const later = await open();
    for (let times = 0; times < 2; times += 1) {
      expect(await later.wait(first.cellId, { ...never, after: 0 })).toEqual(first);
    }
  },
);

test("an end whose details are damaged in the store is told without them", async () => {
  await using runtimes = new DurableRuntimes();
  const first = await (await runtimes.next({ tools })).openSession({ id: "s" }).exec(failed, never);
  for (const [error, facts] of [
    [{}, { droppedCalls: [] }],
    [null, null],
    [{ code: "x", name: "x", message: "x", text: "x", cause: 1 }, {}],
  ]) {
    const store = sqliteStore(runtimes.file);
    const damaged = storeWith(store, {
      read: async (...where) =>
        (await store.read(...where)).map((record) =>
          record.kind === "ending"
            ? { ...record, body: JSON.stringify({ ...JSON.parse(record.body), error, facts }) }
            : record,
        ),
    });
    await runtimes.close();
    const codeMode = createCodeMode({ tools, durability: { store: damaged } });
    const again = await codeMode.openSession({ id: "s" }).wait(first.cellId, never);
    expect(again).toMatchObject({ status: "failed", error: { message: "what" } });
    await codeMode.close();
    await store.close();
  }
});

test("the end of a cell that was terminated is told again as it was", async () => {
  await using runtimes = new DurableRuntimes();
  const session = (await runtimes.next({ tools })).openSession({ id: "s" });
  const { cellId } = await session.exec("await tools.hang()", { yieldAfterMs: 0 });
  const first = await session.terminate(cellId);
  const later = (await runtimes.next({ tools })).openSession({ id: "s" });
  expect(await later.wait(cellId, { ...never, after: 0 })).toEqual(first);
});

test("the end of a cell that was resumed counts what it did before", async () => {
  await using runtimes = new DurableRuntimes();
  const open = async (): Promise<Session> =>
    (await runtimes.next({ tools })).openSession({ id: "s" });
  const source = `
    text(await tools.look());
    yield_control();
    await new Promise((done) => setTimeout(done, 1));
    text(await tools.look());`;
  const { cellId } = await (await open()).exec(source, never);
  const ended = await (await open()).wait(cellId, { ...never, after: 0 });
  expect(ended).toMatchObject({
    status: "completed",
    usage: { toolCalls: 2, outputBytes: 8 },
    warnings: [],
  });
  const again = await (await open()).wait(cellId, { ...never, after: 0 });
  expect(again).toEqual(ended);
});
