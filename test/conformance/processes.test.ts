import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CodeMode, createCodeMode } from "../../src/index.js";
import { processHosts } from "../support/process-hosts.js";
import { differences } from "./differences.js";
import { recordedCases, referenceRecord } from "./recorded-case.js";
import { runCase } from "./run-case.js";

// A process takes a while to start, so some of the cases must do; CODECELL_EVERY_CASE runs all.
const nthCase = { process: 8, zygote: 2 };
/** It lets one cell end before another, both by timers: the second's process may take longer to start. */
const isRace = "store-last-writer-wins";
const cases = recordedCases.filter(({ name }) => name !== isRace);

describe.each(processHosts)(
  "in a %s of its own, a cell is as the reference, or deliberately otherwise",
  (host) => {
    const nth = process.env["CODECELL_EVERY_CASE"] === undefined ? nthCase[host] : 1;
    const chosen = cases
      .filter((_, index) => index % nth === 0)
      .map((recorded) => [recorded.name, recorded] as const);
    let codeMode: CodeMode;
    beforeAll(() => {
      codeMode = createCodeMode({ isolation: "process", processHost: host, prewarm: 1 });
    });
    afterAll(() => codeMode.close());

    test.each(chosen)("%s", async (name, recorded) => {
      const reference = referenceRecord(recorded);
      const expected = differences.get(name)?.expected(reference) ?? reference;
      expect(await runCase(recorded, codeMode)).toEqual(expected);
    });
  },
);
