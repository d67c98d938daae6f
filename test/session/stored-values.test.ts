import { describe, expect, test } from "vitest";
import { createCodeMode, type RuntimeLimits } from "../../src/index.js";
import { UngivenEnds } from "../../src/session/ungiven-ends.js";

/** Why a session cannot be opened with a value; undefined where it can. */
async function refusal(value: unknown, limits: RuntimeLimits = {}): Promise<string | undefined> {
  await using codeMode = createCodeMode({ limits });
  try {
    codeMode.openSession({ storedValues: { k: value } });
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

describe("a value that a session is opened with", () => {
  // Twice the length of its key, and its text or sixteen bytes for each value, whichever is more.
  test.each<[string, unknown, RuntimeLimits, RuntimeLimits, string]>([
    ["of one byte a character", "x".repeat(20), { storedBytes: 24 }, { storedBytes: 23 }, "fit"],
    ["of Latin-1", "é".repeat(20), { storedBytes: 24 }, { storedBytes: 23 }, "fit"],
    ["of others, which take two", "€".repeat(20), { storedBytes: 46 }, { storedBytes: 45 }, "fit"],
    ["that ends with such", `${"x".repeat(19)}€`, { storedBytes: 46 }, { storedBytes: 45 }, "fit"],
    [
      "that begins with such",
      `€${"x".repeat(19)}`,
      { storedBytes: 46 },
      { storedBytes: 45 },
      "fit",
    ],
    ["of many values", [1, 2, 3], { storedBytes: 66 }, { storedBytes: 65 }, "fit"],
    ["of as many values", [1, 2, 3], { jsonValues: 4 }, { jsonValues: 3 }, "be made of 3 values"],
    ["as deep", [[1]], { jsonDepth: 2 }, { jsonDepth: 1 }, "be nested 1 deep"],
  ])(
    "%s is within a limit that it reaches, and not within one that is less",
    async (_, value, reached, passed, why) => {
      expect(await refusal(value, reached)).toBeUndefined();
      expect(await refusal(value, passed)).toContain(why);
    },
  );

  test("is one of as many as there may be keys", async () => {
    await using codeMode = createCodeMode({ limits: { storedKeys: 2 } });
    const session = codeMode.openSession({ storedValues: { a: 1, b: 2 } });
    expect(await session.storedValues()).toEqual({ a: 1, b: 2 });
  });

  test("is named, with the place of what is wrong, if it has one", async () => {
    const own = 'The option "storedValues["k"]" must be a plain JSON value; got undefined';
    expect(await refusal(undefined)).toBe(`${own}.`);
    expect(await refusal({ a: [undefined] })).toBe(`${own} at .a[0].`);
  });
});

describe("ends that nobody was given", () => {
  test("are remembered with why, the last thousand", () => {
    const ends = new UngivenEnds();
    ends.add("1", "dropped");
    ends.add("2", "refused");
    for (let id = 3; id <= 1000; id += 1) ends.add(String(id), "dropped");
    expect(ends.reasonOf("1", 2000)).toBe("dropped");
    expect(ends.reasonOf("2", 2000)).toBe("refused");
    ends.add("1001", "dropped");
    expect(ends.reasonOf("1", 2000)).toBe("given");
    expect(ends.reasonOf("2", 2000)).toBe("refused");
    expect(ends.reasonOf("1001", 2000)).toBe("dropped");
  });

  test.each([
    ["1", "given"],
    ["20", "given"],
    ["21", "unknown"],
    ["0", "unknown"],
    ["01", "unknown"],
    ["1x", "unknown"],
    ["x1", "unknown"],
    ["1.0", "unknown"],
    ["1e1", "unknown"],
    [" 1", "unknown"],
    ["", "unknown"],
  ])("of twenty cells, the id %j is %s", (id, reason) => {
    expect(new UngivenEnds().reasonOf(id, 20)).toBe(reason);
  });
});
