import { expect, test } from "vitest";
import { root } from "../support/mcp.js";
import { TestProcess } from "./test-process.mjs";

const switched = "test/mutants/switched.test.ts";
const other = "test/mutants/mutants.test.ts";

const run = (tests: TestProcess, file: string, fixture: string): ReturnType<TestProcess["run"]> =>
  tests.run({
    environment: { CODECELL_MUTANT_FIXTURE: fixture },
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
