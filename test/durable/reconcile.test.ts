import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createCodeMode, type Reconciled, type ToolDefinition } from "../../src/index.js";
import { sqliteStore } from "../../src/sqlite.js";
import { completedOf, Held, shownBy } from "../support/cells.js";

const folder = mkdtempSync(join(tmpdir(), "codecell-reconcile-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const noWait = { yieldAfterMs: Number.POSITIVE_INFINITY };
const source = `
  yield_control();
  text(await tools.pay({ n: 1 }).catch(({ message }) => message));`;

/** Leaves a runtime while the tool runs; what the next one says of the call, and how often it ran the tool. */
async function loseCall(of: Pick<ToolDefinition, "reconcile" | "onLost">) {
  files += 1;
  const file = join(folder, `${files}.db`);
  const begun = new Held();
  const answer = new Held<string>();
  const keys: unknown[] = [];
  const open = (execute: ToolDefinition["execute"]) => {
    const store = sqliteStore(file);
    const codeMode = createCodeMode({ tools: { pay: { ...of, execute } }, durability: { store } });
    const close = () => codeMode.close().then(() => store.close());
    return { session: codeMode.openSession({ id: "s" }), close };
  };
  const first = open((_input, { idempotencyKey }) => {
    keys.push(idempotencyKey);
    begun.resolve();
    return answer.promise;
  });
  const { cellId } = await first.session.exec(source);
  await begun.promise;
  await first.close();
  let runs = 0;
  const second = open((_input, { idempotencyKey }) => {
    keys.push(idempotencyKey);
    runs += 1;
    return "paid now";
  });
  const outcome = completedOf(await second.session.wait(cellId, noWait));
  answer.resolve("late");
  await second.close();
  return { shown: shownBy(outcome), runs, keys: new Set(keys).size };
}

const says = (reconciled: Reconciled) => ({ reconcile: () => reconciled });

describe("the tool's own function says of a call that was lost", () => {
  test("that it was done: the cell is given its result, and the tool does not run", async () => {
    const asked: unknown[] = [];
    const found = await loseCall({
      reconcile: async (input, { idempotencyKey, attempt }) => {
        asked.push(input, idempotencyKey?.split("/")[1], attempt);
        return { status: "done", result: "paid before" };
      },
    });
    expect(found).toMatchObject({ shown: ["paid before"], runs: 0 });
    expect(asked).toEqual([{ n: 1 }, "1", 2]);
  });

  test("that it was not done: the tool runs, with the same key", async () => {
    const found = await loseCall(says({ status: "notDone" }));
    expect(found).toEqual({ shown: ["paid now"], runs: 1, keys: 1 });
  });

  test("that it does not know: as onLost says", async () => {
    const failed = await loseCall(says({ status: "unknown" }));
    expect(failed.shown[0]).toMatch(/not known whether this call of pay took effect/);
    expect(failed.runs).toBe(0);
    const retried = await loseCall({ ...says({ status: "unknown" }), onLost: "retry" });
    expect(retried).toMatchObject({ shown: ["paid now"], runs: 1 });
  });

  test("something else, or throws: the call is rejected, and the tool does not run", async () => {
    const odd = await loseCall({ reconcile: () => ({ done: true }) as never });
    expect(odd.shown[0]).toMatch(/"reconcile" of the tool "pay" must give \{ status \}/);
    const threw = await loseCall({
      reconcile: () => {
        throw new Error("the bank is closed");
      },
    });
    expect(threw).toMatchObject({ shown: ["the bank is closed"], runs: 0 });
  });
});

test("it must be a function", () => {
  const pay = { execute: () => {}, reconcile: 1 as never };
  expect(() => createCodeMode({ tools: { pay } })).toThrow(/its "reconcile" must be a function/);
});
