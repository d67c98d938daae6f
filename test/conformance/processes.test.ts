import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CodeMode, createCodeMode } from "../../src/index.js";
import { differences } from "./differences.js";
import { recordedCases, referenceRecord } from "./recorded-case.js";
import { runCase } from "./run-case.js";

// A process of Node takes 50 ms to start, so some of the cases must do; CODECELL_EVERY_CASE runs all.
const nth = process.env["CODECELL_EVERY_CASE"] === undefined ? 8 : 1;
/** It lets one cell end before another, both by timers: the second's process may take longer to start. */
const isRace = "store-last-writer-wins";
const chosen = recordedCases
  .filter(({ name }) => name !== isRace)
  .filter((_, index) => index % nth === 0)
  .map((recorded) => [recorded.name, recorded] as const);

describe("in a process of its own, a cell is as the reference, or deliberately otherwise", () => {
  let codeMode: CodeMode;
  beforeAll(() => {
    codeMode = createCodeMode({ isolation: "process", processHost: "process", prewarm: 1 });
  });
  afterAll(() => codeMode.close());

  test.each(chosen)("%s", async (name, recorded) => {
    const reference = referenceRecord(recorded);
    const expected = differences.get(name)?.expected(reference) ?? reference;
    expect(await runCase(recorded, codeMode)).toEqual(expected);
  });
});
