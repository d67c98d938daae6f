import { expect, test } from "vitest";
import { CellCount, RuntimeCounters } from "../../src/bounds/runtime-counters.js";
import { createCodeMode } from "../../src/index.js";
import { Held, start } from "../support/cells.js";
import { ScriptedCells } from "../support/scripted-cells.js";

test("a cell that was not started counts as refused, and as nothing else", async () => {
  const cells = new ScriptedCells();
  const codeMode = cells.runtime();
  const exec = codeMode.openSession().exec("");
  cells.last.say({ type: "refused", refusal: { code: "ERR_THREAD_START", message: "none" } });
  await expect(exec).rejects.toMatchObject({ code: "ERR_THREAD_START" });
  const { refused, running, yielded, parked, ended } = codeMode.stats().cells;
  expect({ refused, running, yielded, parked, ...ended }).toEqual({
    ...{ refused: 1, running: 0, yielded: 0, parked: 0 },
    ...{ completed: 0, failed: 0, terminated: 0 },
  });
});

test("a call for whose input there is no room beside another's counts as rejected, and was never in flight", async () => {
  const called = new Held();
  const execute = (): Promise<never> => {
    called.resolve();
    return new Promise(() => {});
  };
  await using codeMode = createCodeMode({
    tools: { hang: { execute } },
    limits: { toolInputBytes: 100 },
  });
  const session = codeMode.openSession();
  await start(session, `await tools.hang("${"x".repeat(60)}");`);
  await called.promise;
  await session.exec(`await tools.hang("${"x".repeat(60)}").catch(() => {});`);
  const { inFlight, rejected } = codeMode.stats().toolCalls;
  expect({ inFlight, rejected }).toEqual({ inFlight: 1, rejected: 1 });
});

test("a cell is in one state at a time, and parked whoever observes it", () => {
  const counters = new RuntimeCounters();
  const cell = new CellCount(counters);
  const states: unknown[] = [];
  const note = (): void => void states.push(Object.values(counters.cells).join(""));
  const steps = [
    () => cell.observed(false),
    () => cell.observed(false),
    () => cell.parked(true),
    () => cell.observed(true),
    () => cell.parked(false),
    () => cell.parked(true),
    () => cell.observed(false),
    () => cell.parked(false),
    () => cell.refused(),
    () => cell.observed(true),
  ];
  note();
  for (const step of steps) {
    step();
    note();
  }
  // Running, yielded, parked.
  expect(states).toEqual([
    "100",
    "010",
    "010",
    "001",
    "001",
    "100",
    "001",
    "001",
    "010",
    "000",
    "000",
  ]);
});
