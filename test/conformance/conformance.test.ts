import { test, expect } from "vitest";
import { recordedCases, referenceRecord } from "./recorded-case.js";
import { runCase } from "./run-case.js";
test.each(recordedCases.map((c) => [c.name, c] as const))("%s", async (_, c) => {
  expect(await runCase(c)).toEqual(referenceRecord(c));
});
