import { expect, test } from "vitest";
import { runProgram } from "../support/child.js";

/** Such flags override what an isolate is made with. */
test.each([
  ["--max-old-space-size=1500"],
  ["--max-heap-size=1500"],
  ["--max-old-space-size=1500", "--max-semi-space-size=32"],
])("heapBytes holds in a process that was started with %s", async (...flags) => {
  const { code, stdout } = await runProgram("heap-flags", [], { flags });
  expect(code).toBe(0);
  const ends = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const { name, status, code: cause, peakMiB } of ends) {
    const expected = name === "garbage" ? ["completed", null] : ["failed", "ERR_CELL_HEAP_LIMIT"];
    expect([status, cause], name).toEqual(expected);
    // Past the limit by the objects that are not old yet.
    expect(peakMiB, name).toBeLessThan(48 + 150);
  }
  expect(ends).toHaveLength(4);
});
