import { expect, test } from "vitest";
import { root } from "../support/mcp.js";
import { confirm } from "./confirm.mjs";
import { TestProcess } from "./test-process.mjs";

const switched = "test/mutants/switched.test.ts";
const other = "test/mutants/mutants.test.ts";

const run = (
  tests: TestProcess,
  file: string,
  fixture: string,
  environment: Readonly<Record<string, string>> = {},
): ReturnType<TestProcess["run"]> =>
  tests.run({
    environment: { CODECELL_MUTANT_FIXTURE: fixture, ...environment },
    tests: [{ file }],
    testMs: 20_000,
    workers: 1,
    stopsAtFailure: true,
  });

test("a run tells of its own failures only, and goes on after one that failed", async () => {
  const tests = new TestProcess(root);
  try {
    const name = "nothing is wrong unless a test of mutants wants it so";
    expect(await run(tests, switched, "wrong")).toMatchObject({ failure: `${switched}: ${name}` });
    const next = await run(tests, other, "");
    expect(next).not.toHaveProperty("failure");
    expect(next === "hung" ? [] : next.tests.map(({ file }) => file)).not.toContain(switched);
    const last = await run(tests, switched, "");
    expect(last).not.toHaveProperty("failure");
    expect(last).toMatchObject({ tests: [{ name, state: "passed" }] });
  } finally {
    tests.close();
  }
});

test("a mutant is noticed by tests that fail with it, and not by those that fail without it too", async () => {
  const tests = new TestProcess(root);
  const confirmWith = async (failing: string): ReturnType<typeof confirm> => {
    // What a run has in its environment, later ones have too.
    const end = await run(tests, switched, "", { CODECELL_MUTANT_FAILS_WITH: failing });
    const ids = end === "hung" ? [] : end.tests.map(({ id }) => id);
    return confirm(tests, 7, { file: switched, ids, ms: 20_000, longestMs: 20_000 }, 1);
  };
  try {
    const noticed = { state: "noticed", by: expect.stringContaining(switched) };
    expect(await confirmWith("7")).toEqual(noticed);
    expect(await confirmWith("7 -1")).toBeUndefined();
    expect(await confirmWith("8")).toEqual({ state: "unnoticed" });
  } finally {
    tests.close();
  }
});
