import { describe, expect, test } from "vitest";
import type { ToolSchema } from "../../src/index.js";
import { RegisteredTool } from "../../src/tools/registered-tool.js";

/** A schema as the rest of codecell reads it. */
function read(inputSchema: unknown): unknown {
  const tool = { inputSchema: inputSchema as ToolSchema, execute: (): unknown => null };
  return new RegisteredTool("t", tool).inputSchema;
}

describe("a schema of Google's APIs becomes JSON Schema:", () => {
  test.each<[string, object, object]>([
    ...["STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"].map(
      (type): [string, object, object] => [type, { type }, { type: type.toLowerCase() }],
    ),
    ["null too", { type: "STRING", nullable: true }, { type: ["string", "null"] }],
    ["not null", { type: "STRING", nullable: false }, { type: "string" }],
    [
      "values and null",
      { type: "STRING", enum: ["a"], format: "enum", nullable: true },
      { type: ["string", "null"], enum: ["a", null] },
    ],
    ["values", { type: "STRING", enum: ["a"] }, { type: "string", enum: ["a"] }],
    ["a format", { type: "NUMBER", format: "float" }, { type: "number", format: "float" }],
    ["an example", { type: "STRING", example: "a" }, { type: "string", examples: ["a"] }],
    [
      "counts in texts",
      { type: "STRING", minLength: "1", maxLength: "20" },
      { type: "string", minLength: 1, maxLength: 20 },
    ],
    [
      "other counts in texts",
      { type: "OBJECT", minItems: "1", maxItems: "2", minProperties: "3", maxProperties: "4" },
      { type: "object", minItems: 1, maxItems: 2, minProperties: 3, maxProperties: 4 },
    ],
    [
      "what is no count",
      { type: "STRING", minLength: "a1", maxLength: "1a", minItems: 3, maxItems: ["5"] },
      { type: "string", minLength: "a1", maxLength: "1a", minItems: 3, maxItems: ["5"] },
    ],
    [
      "members and properties, without their order",
      {
        type: "OBJECT",
        properties: { a: { type: "ARRAY", items: { type: "NULL" } } },
        propertyOrdering: ["a"],
      },
      { type: "object", properties: { a: { type: "array", items: { type: "null" } } } },
    ],
    [
      "alternatives, of which null is one where nothing else says so",
      { type: "ARRAY", items: { anyOf: [{ type: "STRING" }], nullable: true } },
      { type: "array", items: { anyOf: [{ type: "string" }, { type: "null" }] } },
    ],
    [
      "alternatives beside a type, which says so",
      { type: "STRING", anyOf: [{ type: "STRING" }], nullable: true },
      { type: ["string", "null"], anyOf: [{ type: "string" }] },
    ],
    [
      "alternatives without null",
      { type: "ARRAY", items: { anyOf: [{ type: "STRING" }] } },
      { type: "array", items: { anyOf: [{ type: "string" }] } },
    ],
    [
      "what is no schema where one belongs",
      { type: "OBJECT", properties: { a: null, b: ["x"] }, items: "x" },
      { type: "object", properties: { a: null, b: ["x"] }, items: "x" },
    ],
  ])("%s", (_what, schema, expected) => {
    expect(read(schema)).toStrictEqual(expected);
  });

  test("a hundred schemas deep, and no deeper", () => {
    const nested = (type: string, innermost: object): object => {
      let schema = innermost;
      for (let depth = 0; depth <= 100; depth += 1) schema = { type, items: schema };
      return schema;
    };
    const innermost = { type: "STRING" };
    expect(read(nested("ARRAY", innermost))).toStrictEqual(nested("array", innermost));
  });
});

describe("what is none of Google's stays as it is:", () => {
  const standard = { version: 1, vendor: "test", validate: (value: unknown) => ({ value }) };

  test.each<[string, object]>([
    ["JSON Schema", { type: "string", nullable: true, example: 1 }],
    ["a schema without a type", { anyOf: [{ type: "STRING" }] }],
    ["a schema of a library", { type: "STRING", "~standard": standard }],
  ])("%s", (_what, schema) => {
    expect(read(schema)).toBe(schema);
  });
});
