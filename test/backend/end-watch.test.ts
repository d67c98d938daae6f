import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EndWatch, maxResidentBytes } from "../../src/backend/process/end-watch.js";
import { Samples } from "../../src/backend/process/samples.js";
import {
  type BackendError,
  type BackendLimits,
  type BackendUsage,
  noUsage,
} from "../../src/protocol/cell-backend.js";
import { cellOptions } from "../support/backend-cell.js";

beforeEach(() => {
  const toFake = [
    "setInterval",
    "clearInterval",
    "setTimeout",
    "clearTimeout",
    "performance",
  ] as const;
  vi.useFakeTimers({ toFake: [...toFake] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** More than this process ever uses. */
const wide = { cpuMs: 1e12, rssBytes: 1e15, heapBytes: 1e15, arrayBufferBytes: 0 };

function watched(pid: number | undefined, given: Partial<BackendLimits> = {}) {
  const passed: BackendError[] = [];
  const told = { stuck: 0 };
  const watch = new EndWatch({
    pid: () => pid,
    limits: cellOptions("1", { limits: { ...wide, ...given } }).setup.limits,
    onPassed: (error) => passed.push(error),
    onStuck: () => {
      told.stuck += 1;
    },
  });
  return { watch, passed, told };
}

describe.skipIf(process.platform !== "linux")("a process is looked at each 100 ms", () => {
  test("and has passed no limit while it holds them", () => {
    const { watch, passed, told } = watched(process.pid);
    vi.advanceTimersByTime(60_000);
    expect([passed, told.stuck]).toEqual([[], 0]);
    watch.clear();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("and has passed its limit of memory once", () => {
    const { passed } = watched(process.pid, { rssBytes: 0 });
    vi.advanceTimersByTime(99);
    expect(passed).toEqual([]);
    vi.advanceTimersByTime(10_000);
    expect(passed).toMatchObject([
      {
        code: "ERR_CELL_MEMORY_LIMIT",
        name: "RangeError",
        limit: "rssBytes",
        allowed: 64 * 2 ** 20,
        text: expect.stringMatching(/^RangeError: the cell's process has had \d+ bytes of memory/),
      },
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("and may have used processor time before it was looked at", () => {
    // No use at all passes this limit.
    const { watch, passed } = watched(process.pid, { cpuMs: -1_000 - 1e-9 });
    vi.advanceTimersByTime(100);
    expect(passed).toMatchObject([
      { code: "ERR_CELL_CPU_LIMIT", limit: "cpuMs", used: 0, name: "RangeError" },
    ]);
    expect(watch.usedCpuMs).toBe(0);
  });

  test.each([
    ["that is not there", undefined],
    ["that is gone", 2 ** 30],
  ])("one %s is stuck after five seconds, once", (_what, pid) => {
    const { watch, told } = watched(pid);
    vi.advanceTimersByTime(10_000);
    watch.ask();
    vi.advanceTimersByTime(4_999);
    expect(told.stuck).toBe(0);
    watch.ask();
    vi.advanceTimersByTime(100);
    expect(told.stuck).toBe(1);
    vi.advanceTimersByTime(10_000);
    expect(told.stuck).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("several are looked at until each is done", () => {
    const [one, two] = [watched(undefined), watched(undefined)];
    one.watch.ask();
    vi.advanceTimersByTime(5_100);
    expect([one.told.stuck, two.told.stuck]).toEqual([1, 0]);
    expect(vi.getTimerCount()).toBe(1);
    two.watch.clear();
    two.watch.clear();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test.each([
  [{ rssBytes: 1e12, heapBytes: 100, arrayBufferBytes: 50 }, 192 * 2 ** 20 + 150],
  [{ rssBytes: 1000, heapBytes: 2000, arrayBufferBytes: 0 }, 1000],
])("a process with the limits %j may have %d bytes", (given, bytes) => {
  expect(maxResidentBytes(cellOptions("1", { limits: given }).setup.limits)).toBe(bytes);
});

describe("a process that is asked what it has used", () => {
  const used = (cpuMs: number): BackendUsage => ({ ...noUsage, cpuMs });

  function asking() {
    const samples = new Samples();
    const numbers: number[] = [];
    const ask = (known: () => BackendUsage = () => noUsage): Promise<BackendUsage> =>
      samples.ask((number) => numbers.push(number), known);
    return { samples, numbers, ask };
  }

  test("is answered for by number, in any order, and once", async () => {
    const { samples, numbers, ask } = asking();
    const [one, two] = [ask(), ask()];
    expect(numbers).toEqual([1, 2]);
    samples.answer(2, used(2));
    samples.answer(3, used(3));
    samples.answer(1, used(1));
    samples.answer(1, used(9));
    expect(await Promise.all([one, two])).toEqual([used(1), used(2)]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is not waited for longer than five seconds: then what is known by then counts", async () => {
    const { samples, ask } = asking();
    let known = 1;
    let answer: BackendUsage | undefined;
    const asked = ask(() => used(known)).then((usage) => {
      answer = usage;
    });
    await vi.advanceTimersByTimeAsync(4_999);
    expect(answer).toBe(undefined);
    known = 2;
    await vi.advanceTimersByTimeAsync(1);
    await asked;
    expect(answer).toEqual(used(2));
    samples.answer(1, used(3));
  });

  test("answers no more when it is gone", async () => {
    const { samples, ask } = asking();
    const asked = [ask(), ask()];
    samples.end(used(7));
    expect(await Promise.all(asked)).toEqual([used(7), used(7)]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
