import { readdirSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { describe, expect, test } from "vitest";
import { enter, openSession, run } from "../support/cells.js";
import { runProgram } from "../support/child.js";

const mebibyte = 2 ** 20;

/** The niceness of each thread of a cell in this process. */
function nicenessOfCells(): readonly number[] {
  const threads = readdirSync("/proc/self/task").map((id) => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, "utf8");
    const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    // The fields after the name begin with the third; the niceness is the nineteenth.
    const niceness = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
    return { name, niceness };
  });
  return threads.filter(({ name }) => name === "codecell").map(({ niceness }) => niceness);
}

describe("limits.rssBytes", () => {
  test.each([
    ["the heap", "const a = []; for (;;) a.push(new Array(1e5).fill(1.5));"],
    ["ArrayBuffers", "const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1));"],
    [
      "what the engine keeps outside its heap",
      'const a = []; for (;;) a.push(new Intl.DateTimeFormat("en", { timeZone: "UTC" }));',
    ],
  ])("ends the cell that fills the process with %s", async (_what, source) => {
    const large = 4096 * mebibyte;
    const limits = { rssBytes: 300 * mebibyte, heapBytes: large, arrayBufferBytes: large };
    const { stdout, ...end } = await runProgram("cell", [source, JSON.stringify({ limits })]);
    expect(end).toEqual({ code: 0, signal: null, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      status: "failed",
      error: {
        code: "ERR_CELL_MEMORY_LIMIT",
        limit: { name: "rssBytes", allowed: 300 * mebibyte },
      },
      next: ["alive"],
    });
  });

  test("ends the one that has most, and leaves its neighbours alone", async () => {
    const { stdout, ...end } = await runProgram("memory-neighbours");
    expect(end).toEqual({ code: 0, signal: null, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      small: "completed",
      large: "completed",
      busy: "completed",
      filling: "ERR_CELL_MEMORY_LIMIT",
    });
  });
});

describe("limits.maxOrphans", () => {
  test("refuses more cells where threads could not be ended, and names the remedy", async () => {
    const { stdout, ...end } = await runProgram("orphans", []);
    expect(end).toEqual({ code: 0, signal: null, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      orphaned: [true, true],
      refused: "ERR_TOO_MANY_ORPHANS",
      message: expect.stringContaining("in a process of their own"),
    });
  });
});

test("a cell that computes much gives way to others", async () => {
  await using session = openSession();
  await enter(session, "for (;;) {}");
  // Not below 0: this program may have been started with any niceness.
  const own = getPriority();
  const highest = (): number => Math.max(...nicenessOfCells());
  await expect.poll(highest, { timeout: 20_000 }).toBeGreaterThan(own);
});

test("a host that does nothing else for a while does not keep a cell from being ended", async () => {
  const session = openSession({ limits: { cpuMs: 20 } });
  const exec = session.exec("for (;;) {}");
  for (const end = performance.now() + 100; performance.now() < end; );
  expect(await exec).toMatchObject({ status: "failed", error: { code: "ERR_CELL_CPU_LIMIT" } });
  await session.close();
  expect(await run("text(1)")).toMatchObject({ status: "completed" });
});
