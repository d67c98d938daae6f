import { describe, expect, test } from "vitest";
import { differences } from "./differences.js";
import { recordedCases, referenceRecord } from "./recorded-case.js";
import { runCase } from "./run-case.js";

const named = recordedCases.map((recorded) => [recorded.name, recorded] as const);

describe("as the reference", () => {
  const same = named.filter(([name]) => !differences.has(name));

  test.each(same)("%s", async (_name, recorded) => {
    expect(await runCase(recorded)).toEqual(referenceRecord(recorded));
  });
});

describe("deliberately otherwise", () => {
  const different = named.flatMap(([name, recorded]) => {
    const difference = differences.get(name);
    return difference === undefined
      ? []
      : [[name, difference.reason, difference, recorded] as const];
  });

  test.each(different)("%s: %s", async (_name, _reason, { expected }, recorded) => {
    expect(await runCase(recorded)).toEqual(expected(referenceRecord(recorded)));
  });

  test("every difference is one of a recorded case, and differs from it", () => {
    expect(different).toHaveLength(differences.size);
    for (const [name, , { expected, isOfEngine }, recorded] of different) {
      if (isOfEngine) continue;
      const reference = referenceRecord(recorded);
      expect(expected(reference), name).not.toEqual(reference);
    }
  });
});

test("every recorded case is run, under a name of its own", () => {
  expect(new Set(recordedCases.map(({ name }) => name)).size).toBe(127);
});
