import { describe, expect, test } from "vitest";
import { declareTool, declareTools, type JsonSchema, type ToolSchema } from "../../src/index.js";
import { declaredOutput } from "../support/declared.js";

const execute = (): unknown => null;

const signature = (inputSchema: ToolSchema): string =>
  declareTool({ name: "t", inputSchema, execute });

/** A schema of a library whose converter gives this. */
const converted = (json: unknown): ToolSchema => ({
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value: unknown) => ({ value }),
    jsonSchema: { input: () => json, output: () => json },
  },
});

describe("a tool's argument may be left out", () => {
  test.each<[string, ToolSchema]>([
    ["where nothing is said", {}],
    ["where everything passes", converted(true)],
    ["where no property is required", { type: "object", properties: { a: {} } }],
    ["where the list of those is empty", { type: "object", required: [], minProperties: 0 }],
    ["where it may be an object though nothing says so", { properties: { a: {} } }],
  ])("%s", (_where, schema) => {
    expect(signature(schema)).toContain("t(args?: ");
  });

  test.each<[string, ToolSchema]>([
    ["where nothing passes", converted(false)],
    ["where it is something else", { type: "array" }],
    ["where it may be something else too", { type: ["object", "null"] }],
    ["where a property is required", { required: ["a"] }],
    ["where what is required is no list", { required: "a" }],
    ["where it must have some properties", { type: "object", minProperties: 1 }],
    ...(["$ref", "allOf", "anyOf", "oneOf", "not", "if", "enum", "const"] as const).map(
      (keyword): [string, JsonSchema] => [`where "${keyword}" says more`, { [keyword]: {} }],
    ),
    ["where the schema is of a library that cannot say", converted("no schema")],
  ])("but not %s", (_where, schema) => {
    expect(signature(schema)).toContain("t(args: ");
  });
});

test("a result that contains itself is named after results", () => {
  const next = { $ref: "#" };
  expect(declaredOutput({ properties: { next } })).toBe(
    "type t$Result = { next?: t$Result };\nt$Result",
  );
});

test("toolDescriptions is true or false", () => {
  expect(() => declareTools({}, { toolDescriptions: "first" as never })).toThrow(
    expect.objectContaining({ code: "ERR_INVALID_OPTION" }),
  );
});

describe("a library's converter", () => {
  test("that has no side for it gives way to a JSON Schema beside it", () => {
    const { "~standard": standard } = converted({}) as { "~standard": object };
    const jsonSchema = { type: "object", required: ["n"] };
    const half = { "~standard": { ...standard, jsonSchema: { output: execute } }, jsonSchema };
    expect(signature(half as never)).toContain("t(args: { n: unknown })");
  });

  test("that fails, of a library that nobody knows, is asked once", () => {
    let asked = 0;
    const input = (): unknown => {
      asked += 1;
      throw new Error("not yet");
    };
    const { "~standard": standard } = converted({}) as { "~standard": object };
    const failing = { "~standard": { ...standard, jsonSchema: { input, output: input } } };
    expect(signature(failing as never)).toContain("t(args: unknown)");
    expect(asked).toBe(1);
  });
});
