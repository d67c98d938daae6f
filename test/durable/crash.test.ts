import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type CellOutcome, createCodeMode, type Session } from "../../src/index.js";
import { type DurableStore, sqliteStore } from "../../src/sqlite.js";
import {
  faultOf,
  output,
  source,
  survivingTools,
  type WorldLine,
} from "../fixtures/surviving-program.mjs";
import { runProgram } from "../support/child.js";
import { CrashingStore } from "../support/crashing-store.js";

const folder = mkdtempSync(join(tmpdir(), "codecell-crash-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function newFile(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

/** What the world has seen of a cell, through all its hosts. */
class World {
  readonly effects: string[] = [];
  readonly notifications: string[] = [];
  readonly output: string[] = [];
  cellId = "";
  cursor = 0;
  status = "";

  take(outcome: CellOutcome): void {
    this.status = outcome.status;
    if (outcome.status === "missing") return;
    if (outcome.status === "failed") this.status = outcome.error.text;
    for (const item of outcome.output) this.output.push(item.type === "text" ? item.text : "");
    this.cursor = outcome.cursor ?? -1;
  }

  get isOver(): boolean {
    return this.status === "completed" || /Error/.test(this.status);
  }
}

function openHost(world: World, store: DurableStore, options: object) {
  const codeMode = createCodeMode({
    tools: survivingTools((effect) => world.effects.push(effect)),
    durability: { store },
    onNotify: ({ text }) => void world.notifications.push(text),
    console: true,
    ...options,
  });
  return { codeMode, session: codeMode.openSession({ id: "s" }) };
}

async function runToEnd(world: World, session: Session): Promise<void> {
  if (world.cellId === "") {
    const onCellId = (cellId: string): void => {
      world.cellId = cellId;
    };
    world.take(await session.exec(source, { onCellId }));
  }
  while (!world.isOver) {
    const outcome = await session.wait(world.cellId, { after: world.cursor });
    world.take(outcome);
    // It was never begun.
    if (outcome.status === "missing") {
      world.cellId = "";
      await runToEnd(world, session);
    }
  }
}

/** @returns Whether the host was gone before the cell had ended. */
async function runAndCrash(world: World, file: string, records: number, options: object) {
  const store = new CrashingStore(sqliteStore(file, { sync: "normal" }), records);
  const { codeMode, session } = openHost(world, store, options);
  const ended = runToEnd(world, session).then(() => "ended");
  const how = await Promise.race([ended, store.crashed.promise.then(() => "crashed")]);
  // A cell that is ended by its host's end tells the dead nothing.
  const before = { ...world, output: [...world.output] };
  await store.close();
  await codeMode.close();
  await ended.catch(() => {});
  world.output.splice(0, Number.POSITIVE_INFINITY, ...before.output);
  Object.assign(world, { cursor: before.cursor, status: how === "ended" ? world.status : "" });
  return how === "crashed";
}

function expectOneRun(world: World): void {
  expect(world.status).toBe("completed");
  expect(world.output).toEqual(output);
  const keys = (n: number) =>
    new Set(world.effects.filter((effect) => effect.startsWith(`pay ${n}`)));
  // Done again with the same key, or not at all.
  for (const n of [1, 2, 3]) expect(keys(n).size).toBe(1);
  expect(world.effects.filter((effect) => effect.startsWith("send")).length).toBeLessThanOrEqual(1);
  expect(new Set(world.notifications)).toEqual(new Set(["paid 1"]));
}

describe("a cell whose host is gone after any of its records goes on as one run", () => {
  test.each([
    ["on threads", {}, 1],
    ["in processes", { isolation: "process" }, 5],
  ])(
    "%s",
    async (_name, options, step) => {
      let crashes = 0;
      for (let records = 0; ; records += step) {
        const world = new World();
        const file = newFile();
        const isCrashed = await runAndCrash(world, file, records, options);
        if (isCrashed) {
          crashes += 1;
          const store = sqliteStore(file);
          const { codeMode, session } = openHost(world, store, options);
          await runToEnd(world, session);
          expect(await session.storedValues()).toEqual({ step: 2 });
          await codeMode.close();
          await store.close();
        }
        expectOneRun(world);
        if (!isCrashed) break;
      }
      expect(crashes * step).toBeGreaterThan(25);
    },
    120_000,
  );
});

test("so does one whose host is gone again and again", async () => {
  const world = new World();
  const file = newFile();
  let hosts = 0;
  // Enough for two calls to begin and one to end, after it was said that the cell is resumed.
  while (await runAndCrash(world, file, 4, {})) hosts += 1;
  expectOneRun(world);
  expect(hosts).toBeGreaterThan(4);
});

describe("a process that is killed after any of its records leaves a cell that another ends", () => {
  test.each([0, 1, 6, 11, 16, 21, 26])("after %i records", async (count) => {
    const file = newFile();
    const log = `${file}.log`;
    const setup = { file, log, sync: "full", isolation: "thread" };
    const dying = JSON.stringify({ ...setup, die: { at: "record", count } });
    const killed = await runProgram("dying-host", [dying]);
    expect(killed).toMatchObject({ signal: "SIGKILL", stderr: "" });
    const later = await runProgram("dying-host", [JSON.stringify(setup)]);
    expect(later).toMatchObject({ code: 0, stderr: "" });
    const lines = readFileSync(log, "utf8").trim().split("\n");
    const seen = lines.map((line): WorldLine => JSON.parse(line));
    expect(faultOf(seen, 2)).toBeUndefined();
  });
});
