import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Rounds } from "../../src/server/cluster/rounds.js";
import { Held } from "../support/cells.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** Rounds that come every second; each ends as the next of `ends` does, or at once. */
function openRounds() {
  const ends: (() => Promise<void>)[] = [];
  const state = { rounds: 0 };
  const problems: unknown[] = [];
  const rounds = new Rounds({
    delayMs: () => 1000,
    round: async () => {
      state.rounds += 1;
      await ends.shift()?.();
    },
    onProblem: (thrown) => problems.push(thrown),
  });
  return { rounds, ends, state, problems };
}

describe("rounds", () => {
  test("come one delay after another, the first after one", async () => {
    const { rounds, state } = openRounds();
    rounds.start();
    await pass(999);
    expect(state.rounds).toBe(0);
    await pass(1);
    expect(state.rounds).toBe(1);
    await pass(3000);
    expect(state.rounds).toBe(4);
    await rounds.stop();
  });

  test("are never two at once: the delay begins when the one before is over", async () => {
    const { rounds, ends, state } = openRounds();
    const held = new Held<void>();
    ends.push(() => held.promise);
    rounds.start();
    await pass(5000);
    expect(state.rounds).toBe(1);
    held.resolve();
    await pass(999);
    expect(state.rounds).toBe(1);
    await pass(1);
    expect(state.rounds).toBe(2);
    await rounds.stop();
  });

  test("go on after a failure, and of failures in a row the first is told", async () => {
    const { rounds, ends, state, problems } = openRounds();
    const fail = (why: string) => () => Promise.reject(why);
    ends.push(fail("first"), fail("second"), () => Promise.resolve(), fail("third"));
    rounds.start();
    await pass(5000);
    expect(state.rounds).toBe(5);
    expect(problems).toEqual(["first", "third"]);
    await rounds.stop();
  });

  test("are over when it is stopped, also one that is under way, and begin no more", async () => {
    const { rounds, ends, state } = openRounds();
    const held = new Held<void>();
    ends.push(() => held.promise);
    rounds.start();
    await pass(1000);
    let isOver = false;
    const stopped = rounds.stop().then(() => {
      isOver = true;
    });
    await pass(1000);
    expect(isOver).toBe(false);
    held.resolve();
    await stopped;
    rounds.start();
    expect(vi.getTimerCount()).toBe(0);
    expect(state.rounds).toBe(1);
  });

  test("that are stopped between two leave no timer", async () => {
    const { rounds } = openRounds();
    rounds.start();
    expect(vi.getTimerCount()).toBe(1);
    await rounds.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("keep no process alive", async () => {
    vi.useRealTimers();
    const { rounds } = openRounds();
    const before = process.getActiveResourcesInfo();
    rounds.start();
    expect(process.getActiveResourcesInfo()).toEqual(before);
    await rounds.stop();
  });
});
