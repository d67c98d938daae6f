import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type CellOutcome, createCodeMode, type ToolContext } from "../../src/index.js";
import { type DurableStore, sqliteStore } from "../../src/sqlite.js";
import { CrashingStore } from "../support/crashing-store.js";

const folder = mkdtempSync(join(tmpdir(), "codecell-approvals-"));
afterAll(() => rmSync(folder, { recursive: true }));

const source = `
  text(await tools.pay({ n: 1 }));
  const asked = [2, 3].map((n) => tools.pay({ n }).catch((error) => error.message));
  text(await Promise.all(asked));
  text("done");`;

/** What the world has seen of one cell, through all its hosts. */
class World {
  /** By the call's key: what was paid. */
  readonly paid = new Map<string, unknown>();
  /** Questions that a handler was told of, and how often it was told that they are new. */
  readonly asked = new Map<string, number>();
  cellId = "";
  outcome: CellOutcome | undefined;
}

/** Who decides: pays 1, pays 20 for 2, and does not pay 3. */
function decisionOf(input: unknown) {
  const { n } = input as { n: number };
  if (n === 3) return { approved: false, reason: "too much", by: "ann" };
  return n === 2 ? { approved: true, input: { n: 20 } } : true;
}

function openHost(world: World, store: DurableStore) {
  const codeMode = createCodeMode({
    durability: { store, parkAfterMs: 0 },
    tools: {
      pay: {
        approval: "ask",
        onLost: "retry",
        execute: async ({ n }: { n: number }, { idempotencyKey }: ToolContext) => {
          const key = String(idempotencyKey);
          expect(world.paid.get(key) ?? n).toBe(n);
          world.paid.set(key, n);
          return `paid ${n}`;
        },
      },
    },
    onApproval: async ({ approvalId = "", isRepeated, input }) => {
      const times = world.asked.get(approvalId) ?? 0;
      if (!isRepeated) expect(times).toBe(0);
      world.asked.set(approvalId, times + 1);
      return decisionOf(input);
    },
  });
  return { codeMode, session: codeMode.openSession({ id: "s" }) };
}

async function run(world: World, store: DurableStore): Promise<void> {
  const { codeMode, session } = openHost(world, store);
  const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };
  const begin = () =>
    session.exec(source, {
      ...noWait,
      onCellId: (cellId) => {
        world.cellId = cellId;
      },
    });
  let outcome = world.cellId === "" ? await begin() : await session.wait(world.cellId, noWait);
  // Its host was gone before it was in the store.
  if (outcome.status === "missing") outcome = await begin();
  world.outcome = outcome;
  await codeMode.close();
}

test("a cell that is asked about, parked and resumed, and whose host is gone after a number of records, asks once and pays once", async () => {
  for (let records = 0; ; records += 2) {
    const world = new World();
    const file = join(folder, `${records}.db`);
    const crashing = new CrashingStore(sqliteStore(file, { sync: "normal" }), records);
    const first = run(world, crashing).then(() => "ended");
    const how = await Promise.race([first, crashing.crashed.promise.then(() => "crashed")]);
    await crashing.close();
    await first.catch(() => {});
    const store = sqliteStore(file, { sync: "normal" });
    await run(world, store);
    const texts = world.outcome?.status === "completed" ? world.outcome.output : [];
    expect([records, texts.at(-1)]).toEqual([records, { type: "text", text: "done" }]);
    expect([...world.paid.values()].sort()).toEqual([1, 20]);
    // Each call has one question, whoever has asked it.
    const questions = await store.approvals();
    expect(new Set(questions.map(({ record }) => JSON.parse(record.body).call))).toEqual(
      new Set([1, 2, 3]),
    );
    expect(questions).toHaveLength(3);
    await store.close();
    if (how === "ended") break;
  }
}, 120_000);
