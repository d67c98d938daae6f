import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ServerInfo } from "../../src/postgres.js";
import { Peers } from "../../src/server/cluster/peers.js";
import { Held } from "../support/cells.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  // Some time has passed since the process began, as it always has.
  vi.advanceTimersByTime(1);
});
afterEach(() => void vi.useRealTimers());

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

function server(id: string, load: number, more: Partial<ServerInfo> = {}): ServerInfo {
  const address = `http://${id}`;
  return { id, load, address, isDraining: false, protocol: 1, version: "1.0.0", ...more };
}

/** The server `own`, whose store knows others. */
function openPeers(others: readonly ServerInfo[] = [], load = 0.5) {
  const state = { others, load };
  const beats: ServerInfo[] = [];
  const answers: (() => Promise<void>)[] = [];
  const problems: unknown[] = [];
  const peers = new Peers({
    store: {
      beat: async (own) => {
        beats.push(own);
        await answers.shift()?.();
        return [own, ...state.others];
      },
    },
    id: "own",
    version: "1.2.3",
    load: () => state.load,
    onProblem: (thrown) => problems.push(thrown),
  });
  return { peers, state, beats, answers, problems };
}

describe("a server among others", () => {
  test("says each second how busy it is, and knows those that live", async () => {
    const { peers, state, beats } = openPeers([server("a", 0)]);
    await peers.start("http://here");
    expect(beats).toEqual([
      { ...server("own", 0.5), address: "http://here", version: "1.2.3", protocol: 1 },
    ]);
    expect(peers.others.map(({ id }) => id)).toEqual(["a"]);
    Object.assign(state, { load: 1, others: [server("b", 0)] });
    await pass(1000);
    expect(beats.at(-1)).toMatchObject({ id: "own", load: 1, isDraining: false });
    expect(peers.others.map(({ id }) => id)).toEqual(["b"]);
    await peers.close();
    await pass(5000);
    expect(beats).toHaveLength(2);
  });

  test("does not start where the store cannot be told, and later says so and goes on", async () => {
    const { peers, answers, problems, beats } = openPeers();
    const lost = new Error("lost");
    answers.push(() => Promise.reject(lost));
    await expect(peers.start("http://here")).rejects.toBe(lost);
    expect(vi.getTimerCount()).toBe(0);
    await peers.start("http://here");
    answers.push(() => Promise.reject(lost));
    await pass(2000);
    expect(problems).toEqual([lost]);
    expect(beats).toHaveLength(4);
    await peers.close();
  });

  test("that drains says so at once, after the beat that is on its way", async () => {
    const { peers, answers, beats } = openPeers();
    await peers.start("http://here");
    const held = new Held<void>();
    answers.push(() => held.promise);
    await pass(1000);
    const drained = peers.drain();
    await pass(0);
    expect(beats.map(({ isDraining }) => isDraining)).toEqual([false, false]);
    held.resolve();
    await drained;
    expect(beats.map(({ isDraining }) => isDraining)).toEqual([false, false, true]);
    await peers.close();
  });

  test("that drains where the store cannot be told goes on, and says why", async () => {
    const { peers, answers, problems } = openPeers();
    await peers.start("http://here");
    answers.push(() => Promise.reject("lost"));
    await peers.drain();
    expect(problems).toEqual(["lost"]);
    await peers.close();
  });

  test("says nothing of itself before it has an address, nor when it is closed", async () => {
    const { peers, beats } = openPeers();
    await peers.drain();
    expect(beats).toEqual([]);
    await peers.start("http://here");
    await peers.close();
    await peers.drain();
    expect(beats).toHaveLength(1);
  });
});

describe("the server that gets a new cell", () => {
  test.each<[string, readonly ServerInfo[], string | undefined]>([
    ["is the one that is less busy", [server("a", 0.4)], "a"],
    ["is this one where the other is as busy", [server("a", 0.5)], undefined],
    ["is this one where it is alone", [], undefined],
    ["is the less busy of two", [server("a", 0.3), server("b", 0.2)], "b"],
    ["is the less busy of two, in the other order", [server("b", 0.2), server("a", 0.3)], "b"],
    ["drains not", [server("a", 0, { isDraining: true }), server("b", 0.4)], "b"],
    ["is none that knows no hops", [server("a", 0, { protocol: 0 })], undefined],
    ["may be newer than this one", [server("a", 0, { protocol: 2 })], "a"],
  ])("%s", async (_what, others, expected) => {
    const { peers } = openPeers(others);
    await peers.start("http://here");
    for (let i = 0; i < 20; i += 1) expect(peers.lessBusy()?.id).toBe(expected);
    await peers.close();
  });

  test("is by chance any of many but the busiest, so that not all servers give to one", async () => {
    const { peers } = openPeers([server("a", 0.1), server("b", 0.2), server("c", 0.3)]);
    await peers.start("http://here");
    const chosen = new Set(Array.from({ length: 200 }, () => peers.lessBusy()?.id));
    expect(chosen).toEqual(new Set(["a", "b"]));
    await peers.close();
  });

  test("is for ten seconds none that did not answer, of which the first to see it is told", async () => {
    const { peers } = openPeers([server("a", 0)]);
    await peers.start("http://here");
    expect([peers.shun("a"), peers.shun("a")]).toEqual([true, false]);
    expect(peers.lessBusy()).toBeUndefined();
    await pass(10_000);
    expect(peers.lessBusy()).toBeUndefined();
    await pass(1);
    expect(peers.lessBusy()?.id).toBe("a");
    expect(peers.shun("a")).toBe(true);
    await peers.close();
  });

  test("may be one that did not answer, when it has gone and come back", async () => {
    const { peers, state } = openPeers([server("a", 0), server("b", 0)]);
    await peers.start("http://here");
    for (const id of ["a", "b"]) peers.shun(id);
    state.others = [server("b", 0)];
    await pass(1000);
    state.others = [server("a", 0.1), server("b", 0)];
    await pass(1000);
    expect(peers.lessBusy()?.id).toBe("a");
    await peers.close();
  });
});
