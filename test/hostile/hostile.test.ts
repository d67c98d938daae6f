import { describe, expect, test } from "vitest";
import { findWrongs, listAttacks } from "./catalogue.mjs";

const attacks = listAttacks();
const groups = [
  "memory",
  "cpu",
  "termination",
  "boundary",
  "output",
  "tools",
  "values",
  "modules",
  "lenient",
  "errors",
  "exit",
];

/** Some of each group; `npm run test:hostile` runs them all. */
const chosen = [
  "heap-arrays",
  "buffer-resizable",
  "loop-catch-finally",
  "uninterruptible-index-of",
  "stop-in-prepare-stack-trace",
  "escape-stack-frames",
  "prototype-pollution-input",
  "text-flood-empty",
  "calls-in-flight",
  "result-throws-getter",
  "values-tool-input",
  "import-dynamic-all",
  "lenient-loop-in-result",
  "recursion-native-callbacks",
  "exit-exit-running",
];

describe("the hostile corpus", () => {
  test("has every group, and names that are unique and in kebab case", () => {
    expect([...new Set(attacks.map(({ group }) => group))]).toEqual(groups);
    expect(attacks.length).toBeGreaterThanOrEqual(150);
    expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
    for (const { name } of attacks) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  test("says of each attack in one sentence what it tries", () => {
    for (const { what } of attacks) expect(what).toMatch(/^[A-Z].*\.$/);
  });

  test("has attacks of every group run here", () => {
    const run = attacks.filter(({ name }) => chosen.includes(name));
    expect(run.length).toBe(chosen.length);
    expect([...new Set(run.map(({ group }) => group))]).toEqual(groups);
  });

  test.each(chosen)("ends %s as it should", { timeout: 60_000 }, async (name) => {
    expect(await findWrongs(name)).toEqual([]);
  });
});
