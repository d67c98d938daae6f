import { describe, expect, test } from "vitest";
import type { ProcessEnd } from "../../src/backend/process/cell-process.js";
import { memoryError } from "../../src/backend/process/end-watch.js";
import {
  badFrameError,
  hasCrashed,
  lostError,
  unreadError,
} from "../../src/backend/process/lost-error.js";
import {
  type CellProgress,
  endWithout,
  isLost,
  startRefusal,
} from "../../src/backend/process/process-end.js";
import { noUsage } from "../../src/protocol/cell-backend.js";

const exit = (code: number): ProcessEnd => ({ code, signal: null });
const killed = (signal: string, more: Partial<ProcessEnd> = {}): ProcessEnd => ({
  code: null,
  signal,
  ...more,
});
const failedStart: ProcessEnd = { code: null, signal: null, error: new Error("no memory") };

const running: CellProgress = {
  hasSaidHello: true,
  hasStarted: true,
  hasSettled: false,
  isTerminating: false,
  stopping: undefined,
  fault: undefined,
  usage: { ...noUsage, cpuMs: 5 },
  maxResidentBytes: 1000,
};
const fault = badFrameError("odd");
const stopping = memoryError(2, 1);

describe("a cell begins in another process", () => {
  const early = { ...running, hasStarted: false };
  test.each<readonly [string, ProcessEnd, CellProgress, boolean]>([
    ["where nothing was said of it", exit(1), early, true],
    ["where not even hello was said", killed("SIGKILL"), { ...early, hasSaidHello: false }, true],
    ["but not where it has started", exit(1), running, false],
    ["but not where it has settled", exit(0), { ...early, hasSettled: true }, false],
    ["but not where it said what no cell says", exit(1), { ...early, fault }, false],
    ["but not where it was to stop", exit(1), { ...early, isTerminating: true }, false],
    ["but not where it was being stopped", exit(1), { ...early, stopping }, false],
    ["but not where no process could be started", failedStart, early, false],
  ])("%s", (_where, end, progress, expected) => {
    expect(isLost(end, progress)).toBe(expected);
  });
});

describe("no process could be started", () => {
  const mute = { ...running, hasSaidHello: false, hasStarted: false };
  test.each<readonly [string, ProcessEnd, CellProgress, string | undefined]>([
    ["where the system says why", failedStart, mute, "no memory. See"],
    ["where it has ended at once", exit(3), mute, "the cell's process ended with exit code 3. See"],
    ["where it speaks another language", exit(3), { ...mute, fault }, "no cell says: odd"],
    ["but not where it said hello", exit(3), running, undefined],
    ["but not where it was to stop", exit(3), { ...mute, isTerminating: true }, undefined],
  ])("%s", (_where, end, progress, words) => {
    const refusal = startRefusal(end, progress);
    if (words === undefined) {
      expect(refusal).toBe(undefined);
      return;
    }
    expect(refusal).toMatchObject({
      code: "ERR_PROCESS_START",
      message: expect.stringContaining(words),
    });
    expect(refusal?.cause).toBe(end.error);
  });
});

describe("a cell whose process has not said how it ends", () => {
  test.each<readonly [string, ProcessEnd, Partial<CellProgress>, object]>([
    [
      "was terminated as it was asked",
      killed("SIGKILL"),
      { isTerminating: true },
      { status: "terminated", error: undefined },
    ],
    [
      "was terminated, whatever it said",
      killed("SIGKILL"),
      { isTerminating: true, fault },
      { status: "terminated", error: undefined },
    ],
    [
      "failed by its limit, though it was to stop as well",
      killed("SIGKILL"),
      { isTerminating: true, stopping },
      { status: "failed", error: stopping },
    ],
    ["failed by its limit", killed("SIGKILL"), { stopping }, { status: "failed", error: stopping }],
    [
      "failed by what it said, before any limit",
      killed("SIGKILL"),
      { stopping, fault },
      { status: "failed", error: fault },
    ],
    [
      "was lost",
      killed("SIGSEGV", { maxResidentBytes: 999 }),
      {},
      { status: "failed", error: { code: "ERR_CELL_HOST_LOST", signal: "SIGSEGV" } },
    ],
    [
      "had all the memory that it may have when it crashed",
      killed("SIGSEGV", { maxResidentBytes: 1000 }),
      {},
      {
        status: "failed",
        error: { code: "ERR_CELL_MEMORY_LIMIT", limit: "rssBytes", allowed: 1000, used: 1000 },
      },
    ],
    [
      "was killed while it had all its memory",
      killed("SIGKILL", { maxResidentBytes: 1000 }),
      {},
      { status: "failed", error: { code: "ERR_CELL_HOST_LOST" } },
    ],
    [
      "crashed, and the system does not tell its memory",
      killed("SIGSEGV"),
      {},
      { error: { code: "ERR_CELL_HOST_LOST" } },
    ],
    [
      "crashed, and has no bound of memory",
      killed("SIGSEGV", { maxResidentBytes: 2 ** 40 }),
      { maxResidentBytes: undefined },
      { error: { code: "ERR_CELL_HOST_LOST" } },
    ],
  ])("%s", (_how, end, more, expected) => {
    const settled = endWithout(end, { ...running, ...more });
    expect(settled).toMatchObject(expected);
    expect(settled).toMatchObject({
      isParked: false,
      writes: [],
      unhandledRejections: [],
      usage: running.usage,
    });
  });
});

describe("the error of a process that is lost", () => {
  test.each<readonly [ProcessEnd, RegExp]>([
    [exit(7), /^the cell's process ended with exit code 7$/],
    [
      killed("SIGKILL"),
      /ended by SIGKILL: somebody ended it, or the system did for want of memory$/,
    ],
    [killed("SIGSYS"), /ended by SIGSYS: it made a system call that its sandbox does not allow$/],
    [killed("SIGTERM"), /ended by SIGTERM$/],
    ...["SIGABRT", "SIGTRAP", "SIGILL", "SIGSEGV", "SIGBUS", "SIGFPE"].map(
      (signal) => [killed(signal), /: its engine could not go on, most likely/] as const,
    ),
  ])("says what may be the cause: %j", (end, words) => {
    const error = lostError(end);
    expect(error.message).toMatch(words);
    expect(error).toMatchObject({ code: "ERR_CELL_HOST_LOST", text: `Error: ${error.message}` });
    expect(error.signal).toBe(end.signal ?? undefined);
    expect("signal" in error).toBe(end.signal !== null);
  });

  test("of what a process said or did not take has the signal that ended it", () => {
    expect(badFrameError("odd")).toMatchObject({ signal: "SIGKILL", code: "ERR_CELL_HOST_LOST" });
    expect(unreadError(99)).toMatchObject({
      signal: "SIGKILL",
      message: expect.stringContaining("because 99 bytes wait for it"),
    });
  });

  test.each([
    ["SIGSEGV", true],
    ["SIGABRT", true],
    ["SIGSYS", true],
    ["SIGKILL", false],
    ["SIGTERM", false],
    [null, false],
  ])("%s is a crash: %s", (signal, expected) => {
    expect(hasCrashed({ code: null, signal })).toBe(expected);
  });
});
