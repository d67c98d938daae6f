import { expect, test } from "vitest";

/** What test-process.test.ts sets, to see a test fail. */
test("nothing is wrong unless a test of mutants wants it so", () => {
  expect(process.env["CODECELL_MUTANT_FIXTURE"] ?? "").toBe("");
  const failing = process.env["CODECELL_MUTANT_FAILS_WITH"]?.split(" ") ?? [];
  expect(failing).not.toContain(process.env["CODECELL_MUTANT"]);
});
