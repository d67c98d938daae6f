import { describe, expect, test } from "vitest";
import { z } from "zod";
import { declareTool, type JsonSchema } from "../../src/index.js";
import { parsedSchema, withOptionalDefaults } from "../../src/tools/own-validation.js";
import { RegisteredTool } from "../../src/tools/registered-tool.js";

/** What a tool is run with whose input such a function reads, or why it is not run. */
async function runWith(
  schema: JsonSchema | undefined,
  parse: (input: unknown) => unknown,
  input: unknown,
): Promise<unknown> {
  const inputSchema = parsedSchema(schema, parse);
  const tool = new RegisteredTool("t", { inputSchema, execute: (): unknown => null });
  try {
    return (await tool.checkInput(input, 0)).input;
  } catch (error) {
    return (error as Error).message.replace('Invalid input for tool "t": ', "");
  }
}

const schema = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
const asItCame = (input: unknown): unknown => input;

describe("an input that a function reads", () => {
  test("is what the function makes of it, whatever the JSON Schema says of that", async () => {
    expect(await runWith(schema, () => ({ n: "made" }), {})).toEqual({ n: "made" });
    expect(await runWith(schema, async () => ({ n: "made" }), {})).toEqual({ n: "made" });
  });

  test("is judged by the JSON Schema where the function lets it through as it came", async () => {
    expect(await runWith(schema, asItCame, { n: 1 })).toEqual({ n: 1 });
    expect(await runWith(schema, asItCame, { n: "1" })).toBe(
      '/n: must be number, got a string "1".',
    );
    expect(await runWith(undefined, asItCame, { n: "1" })).toEqual({ n: "1" });
  });

  test.each<[string, unknown, string]>([
    ["an error", new Error("no such n"), "the input: no such n, got an object {}."],
    ["nothing", undefined, "the input: undefined, got an object {}."],
    ["null", null, "the input: null, got an object {}."],
    [
      "an error without issues",
      { message: "odd", issues: [] },
      "the input: odd, got an object {}.",
    ],
    ["issues that are no list", { message: "odd", issues: 1 }, "the input: odd, got an object {}."],
  ])("is refused where the function throws %s", async (_what, thrown, message) => {
    const parse = (): never => {
      throw thrown;
    };
    expect(await runWith(schema, parse, {})).toBe(message);
  });

  test("is refused with the issues of a library", async () => {
    const parse = (input: unknown): unknown => z.object({ n: z.number() }).parse(input);
    expect(await runWith(undefined, parse, { n: "1" })).toMatch(/^\/n: .* got a string "1"\.$/);
  });

  test("is declared as the JSON Schema says, without what has a default", () => {
    const described = { ...schema, properties: { n: { type: "number", default: 1 } } };
    const declared = (one: JsonSchema | undefined): string =>
      declareTool({ name: "t", inputSchema: parsedSchema(one, asItCame), execute: asItCame });
    expect(declared(described)).toContain("n?: number; // default: 1");
    expect(declared(undefined)).toContain("t(args?: unknown)");
  });
});

describe("in a schema whose defaults are optional", () => {
  test("no property with a default is required, wherever it is", () => {
    const inner = {
      properties: { a: { default: null }, b: {}, c: true, d: null },
      required: ["a", "b", "c", "d", "e"],
    };
    const relaxed = { ...inner, required: ["b", "c", "d", "e"] };
    expect(withOptionalDefaults({ anyOf: [inner, { items: inner }] } as JsonSchema)).toEqual({
      anyOf: [relaxed, { items: relaxed }],
    });
  });

  test.each<[JsonSchema]>([
    [{ required: ["a"] }],
    [{ required: ["a"], properties: null }],
    [{ required: "a", properties: { a: { default: 1 } } }],
    [{ required: ["a"], properties: "default" }],
  ])("what is no list of properties stays as it is: %j", (odd) => {
    expect(withOptionalDefaults(odd)).toEqual(odd);
  });

  test("a hundred levels are looked at, and no more", () => {
    const strict = { properties: { a: { default: 1 } }, required: ["a"] };
    const nested = (levels: number, inner: object): JsonSchema => {
      let schema: JsonSchema = inner as JsonSchema;
      for (let level = 0; level < levels; level += 1) schema = { items: schema };
      return schema;
    };
    const relaxed = { ...strict, required: [] };
    expect(withOptionalDefaults(nested(100, strict))).toEqual(nested(100, relaxed));
    expect(withOptionalDefaults(nested(101, strict))).toEqual(nested(101, strict));
    expect(withOptionalDefaults({ anyOf: [nested(99, strict)] })).toEqual({
      anyOf: [nested(99, strict)],
    });
  });
});
