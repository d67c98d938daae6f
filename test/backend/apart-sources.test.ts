import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { ApartSources } from "../../src/backend/process/apart-sources.js";
import { type ProcessSource, startProcess } from "../../src/backend/process/cell-process.js";
import { Held } from "../support/cells.js";

/** A source that makes others, which end when the test says so. */
function common() {
  const made: { source: ProcessSource; users: number; end: Held }[] = [];
  const apart = (): ProcessSource => {
    const one = { source: undefined as never as ProcessSource, users: 0, end: new Held() };
    one.source = {
      host: "zygote",
      name: "apart",
      noSandboxReason: undefined,
      start: () => {
        throw new Error("none is started");
      },
      acquire: () => {
        one.users += 1;
      },
      release: () => {
        one.users -= 1;
        return one.end.promise;
      },
    };
    made.push(one);
    return one.source;
  };
  const source: ProcessSource = { ...apart(), apart };
  made.pop();
  return { made, source };
}

test("cells of one signal have one source, which is theirs alone, until it is aborted", async () => {
  const { made, source } = common();
  const sources = new ApartSources();
  const [one, two] = [new AbortController(), new AbortController()];
  const first = sources.of(source, one.signal);
  expect(sources.of(source, one.signal)).toBe(first);
  expect(sources.of(source, two.signal)).not.toBe(first);
  expect(made.map(({ users }) => users)).toEqual([1, 1]);
  one.abort();
  expect(made.map(({ users }) => users)).toEqual([0, 1]);
  expect(sources.of(source, one.signal)).not.toBe(first);
});

test("cells without a signal, and those of a source that shares nothing, have the common one", () => {
  const { made, source } = common();
  const sources = new ApartSources();
  const { signal } = new AbortController();
  const { apart: _, ...plain } = source;
  expect(sources.of(source, undefined)).toBe(undefined);
  expect(sources.of(plain, signal)).toBe(undefined);
  expect(sources.of(undefined, signal)).toBe(undefined);
  expect(made).toEqual([]);
});

test("all end together, with those that are being ended already", async () => {
  const { made, source } = common();
  const sources = new ApartSources();
  const stops = [1, 2, 3].map(() => new AbortController());
  for (const { signal } of stops) sources.of(source, signal);
  stops[0]?.abort();
  stops[1]?.abort();
  made[1]?.end.resolve();
  await nextTurn();
  let isOver = false;
  const ended = sources.end().then(() => {
    isOver = true;
  });
  expect(made.map(({ users }) => users)).toEqual([0, 0, 0]);
  stops[2]?.abort();
  expect(made.map(({ users }) => users)).toEqual([0, 0, 0]);
  made[2]?.end.resolve();
  await nextTurn();
  expect(isOver).toBe(false);
  made[0]?.end.resolve();
  await ended;
});

test.each<readonly [unknown, string]>([
  [new Error("no descriptors"), "no descriptors"],
  ["no memory", "no memory"],
])(
  "a process that cannot be started because of %j is gone when start has returned",
  async (thrown, why) => {
    const { source } = common();
    const start = (): never => {
      throw thrown;
    };
    const ends: unknown[] = [];
    const listener = { onBytes: () => {}, onGone: (end: unknown) => void ends.push(end) };
    const started = startProcess({ ...source, start }, listener, 1);
    expect(ends).toEqual([]);
    expect(started).toMatchObject({ pid: undefined, unsentBytes: 0 });
    started.send(Buffer.of(1));
    started.keepAlive(true);
    started.finish();
    started.kill();
    await nextTurn();
    expect(ends).toEqual([{ code: null, signal: null, error: new Error(why) }]);
  },
);
