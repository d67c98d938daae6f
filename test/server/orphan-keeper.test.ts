import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CodeModeError } from "../../src/index.js";
import { OrphanKeeper } from "../../src/server/cluster/orphan-keeper.js";
import { Held } from "../support/cells.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  // A look each second.
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** A server that brings cells back, and a store in which they are found until they are. */
function openKeeper(cells: readonly string[], room = 100) {
  const state = { room, sessionId: "t/s" };
  const orphans = new Set(cells);
  const limits: number[] = [];
  const tried: string[] = [];
  const failures = new Map<string, () => Promise<never>>();
  const problems: unknown[] = [];
  const keeper = new OrphanKeeper({
    store: {
      orphans: async (limit) => {
        limits.push(limit);
        return [...orphans]
          .slice(0, limit)
          .map((cellId) => ({ cellId, sessionId: state.sessionId }));
      },
    },
    resume: async (name, cellId) => {
      expect(name).toEqual({ tenant: "t", session: "s" });
      tried.push(cellId);
      await failures.get(cellId)?.();
      orphans.delete(cellId);
    },
    room: () => state.room,
    onProblem: (thrown) => problems.push(thrown),
  });
  keeper.start();
  return { keeper, state, orphans, limits, tried, failures, problems };
}

function cellIds(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `c${index}`);
}

describe("cells whose servers are gone", () => {
  test("are looked for each second, and brought back eight at a time", async () => {
    const { keeper, tried, limits } = openKeeper(cellIds(10));
    await pass(999);
    expect(limits).toEqual([]);
    await pass(1);
    expect(tried).toEqual(cellIds(8));
    await pass(1000);
    expect(tried).toEqual(cellIds(10));
    expect(limits).toEqual([8, 8]);
    await keeper.stop();
    await pass(5000);
    expect(limits).toHaveLength(2);
  });

  test.each([
    [0, 500],
    [1 - Number.EPSILON, 1499],
  ])("are looked for by each server at its own time (%d)", async (chance, ms) => {
    vi.spyOn(Math, "random").mockReturnValue(chance);
    const { keeper, limits } = openKeeper([]);
    await pass(ms - 1);
    expect(limits).toHaveLength(0);
    await pass(2);
    expect(limits).toHaveLength(1);
    await keeper.stop();
  });

  test.each([
    [3, 3],
    [0.5, 1],
    [0, 0],
    [-1, 0],
  ])("are brought back where there is room: for %d of them, %d", async (room, expected) => {
    const { keeper, tried, limits } = openKeeper(cellIds(10), room);
    await pass(1000);
    expect(tried).toHaveLength(expected);
    expect(limits).toEqual(expected === 0 ? [] : [expected]);
    await keeper.stop();
  });

  test("are left alone where they are of programs that are no servers", async () => {
    const { keeper, state, tried, problems } = openKeeper(["c"]);
    state.sessionId = "of a program";
    await pass(1000);
    expect([tried, problems]).toEqual([[], []]);
    await keeper.stop();
  });

  test("that cannot be brought back are tried after two seconds, four, and so on to five minutes", async () => {
    const { keeper, tried, failures, problems } = openKeeper(["c"]);
    failures.set("c", () => Promise.reject("no tool"));
    const triedAt: number[] = [];
    for (let second = 1; second <= 1500; second += 1) {
      await pass(1000);
      if (tried.length > triedAt.length) triedAt.push(second);
    }
    const pauses = triedAt.slice(1).map((at, index) => at - (triedAt[index] ?? 0));
    expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    expect(problems).toEqual(triedAt.map(() => "no tool"));
    await keeper.stop();
  });

  test("that cannot be brought back do not hide the others", async () => {
    const { keeper, tried, limits, failures } = openKeeper(cellIds(3), 1);
    for (const cellId of ["c0", "c1"]) failures.set(cellId, () => Promise.reject("no tool"));
    await pass(5000);
    expect(tried).toEqual(["c0", "c1", "c0", "c1", "c2"]);
    expect(limits).toEqual([1, 2, 3, 3, 3]);
    await keeper.stop();
  });

  test("are tried as at first when they were brought back, or left alone for long", async () => {
    const { keeper, tried, orphans, failures } = openKeeper(["back", "gone"]);
    const fail = (): Promise<never> => Promise.reject("no tool");
    for (const cellId of orphans) failures.set(cellId, fail);
    // At 1 s and 3 s; the next is due at 7 s.
    await pass(3000);
    expect(tried).toEqual(["back", "gone", "back", "gone"]);
    failures.delete("back");
    orphans.delete("gone");
    await pass(4000);
    expect(tried.slice(4)).toEqual(["back"]);
    // 7 s and what it was left alone for are over.
    await pass(5000);
    failures.set("back", fail);
    for (const cellId of ["back", "gone"]) orphans.add(cellId);
    tried.length = 0;
    await pass(3000);
    expect(tried).toEqual(["back", "gone", "back", "gone"]);
    await keeper.stop();
  });

  test("that another server was faster to bring back are no problem", async () => {
    const { keeper, failures, tried, problems } = openKeeper(["c"]);
    failures.set("c", () => Promise.reject(new CodeModeError("ERR_CELL_BUSY", "Another has it.")));
    await pass(3000);
    expect([tried, problems]).toEqual([["c", "c"], []]);
    await keeper.stop();
  });

  test("are left to others by a server that stops, once those that it has begun are back", async () => {
    const { keeper, failures, tried } = openKeeper(["c", "d"], 1);
    const held = new Held<never>();
    failures.set("c", () => held.promise);
    await pass(1000);
    let isOver = false;
    const stopped = keeper.stop().then(() => {
      isOver = true;
    });
    await pass(2000);
    expect([tried, isOver]).toEqual([["c"], false]);
    held.resolve(undefined as never);
    await stopped;
    await pass(2000);
    expect(tried).toEqual(["c"]);
  });
});
