import { describe, expect, test } from "vitest";
import { runProgram, runProgramOften } from "../support/child.js";

/** Enough to meet a race now and then, a few at a time; sanitized processes are slow to start. */
const times = process.env["CODECELL_SANITIZED"] === undefined ? 10 : 3;

describe("a process leaves with its own code and without a word", () => {
  test.each([
    ["by itself, when every cell has ended", "idle"],
    ["by itself, where no cell ever ran", "neverUsed"],
    ["by itself, when its busy cells have been closed", "closed"],
    ["through process.exit, with threads that are just ending", "justEnded"],
    ["through process.exit, with running cells", "exitWhileRunning"],
    ["through process.exit, with starting cells", "exitWhileStarting"],
    ["through process.exit, with cells that are being closed", "exitWhileEnding"],
    ["through process.exit, inside a cell's event", "exitInHandler"],
    ["through process.exit, inside a tool", "exitInTool"],
    ["through process.exitCode, with running cells", "exitCodeWhileRunning"],
    ["through an uncaught error's handler, with running cells", "uncaught"],
  ])("%s", { timeout: 120_000 }, async (_how, program) => {
    const ends = await runProgramOften(times, () => runProgram("exit", [program, "7"]));
    expect(ends).toEqual(
      Array.from({ length: times }, () => ({ code: 7, signal: null, stdout: "", stderr: "" })),
    );
  });

  test("when it asks its cells to end on SIGTERM", { timeout: 120_000 }, async () => {
    const ends = await runProgramOften(times, () =>
      runProgram("exit", ["untilAsked", "7"], { signal: "SIGTERM" }),
    );
    expect(ends).toEqual(
      Array.from({ length: times }, () => ({
        code: 7,
        signal: null,
        stdout: "running\n",
        stderr: "",
      })),
    );
  });
});

test("an uncaught error with running cells ends the process as it would without", {
  timeout: 120_000,
}, async () => {
  const ends = await runProgramOften(times, () => runProgram("exit", ["uncaughtUnhandled"]));
  for (const { code, signal, stderr } of ends) {
    expect([code, signal]).toEqual([1, null]);
    expect(stderr).toContain("Error: the program's own");
    expect(stderr).not.toContain("Native stack trace");
  }
});

test("SIGTERM ends a process with running cells at once", { timeout: 120_000 }, async () => {
  const ends = await runProgramOften(times, () =>
    runProgram("exit", ["untilKilled"], { signal: "SIGTERM" }),
  );
  expect(ends).toEqual(
    Array.from({ length: times }, () => ({
      code: null,
      signal: "SIGTERM",
      stdout: "running\n",
      stderr: "",
    })),
  );
});

describe("a fault of the host's own is no cell's:", () => {
  test.each(["SIGTRAP", "SIGILL", "SIGABRT", "SIGSEGV", "SIGBUS"] as const)(
    "%s ends the process as it would without cells",
    async (signal) => {
      const { stdout, ...end } = await runProgram("own-signal", [signal]);
      expect({ ...end, stdout }).toEqual({
        code: null,
        signal,
        stdout: "completed\n",
        stderr: "",
      });
    },
  );
});
