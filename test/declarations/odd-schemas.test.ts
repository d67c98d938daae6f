import { describe, expect, test } from "vitest";
import type { JsonSchema } from "../../src/index.js";
import { declaredInput } from "../support/declared.js";

describe("what is no schema where one belongs says nothing:", () => {
  test.each<[string, JsonSchema, string]>([
    ["a type among types", { type: ["string", 5] }, "string"],
    ["a type that nobody knows", { type: "file" }, "unknown"],
    ["an alternative", { anyOf: ["x", { type: "string" }] }, "string"],
    ["alternatives that are no list", { anyOf: { type: "string" } }, "unknown"],
    ["a property", { properties: { a: 5, b: {} } }, "{ b?: unknown }"],
    ["properties that are a list", { properties: [{}] }, "{}"],
    ["names of required properties", { type: "object", required: ["a", 5] }, "{ a: unknown }"],
    ["members", { items: 5 }, "unknown[]"],
    ["members of a tuple", { prefixItems: [{}, 5], items: false }, "[unknown]"],
    ["other properties", { properties: {}, additionalProperties: 5 }, "{}"],
    ["a list of values that is none", { enum: "x" }, "unknown"],
  ])("%s", (_what, schema, type) => {
    expect(declaredInput(schema)).toBe(type);
  });
});

describe("a schema that says several things at once is", () => {
  test.each<[string, JsonSchema, string]>([
    ["its values, whatever they are", { enum: [1, "a"], properties: {} }, '1 | "a"'],
    ["its value, whatever it is", { const: 1, items: {} }, "1"],
    [
      "those values that are objects",
      { type: "object", enum: [{ a: 1 }, null, [1], "x", 1] },
      "{ a: 1 }",
    ],
    ["those values that are lists", { type: "array", enum: [{ a: 1 }, null, [1], "x"] }, "[1]"],
    [
      "those values that are integers",
      { type: ["integer", "null"], enum: [1, 1.5, null] },
      "1 | null",
    ],
    ["a value or null", { enum: ["a"], nullable: true }, '"a" | null'],
    [
      "another schema or null",
      { $ref: "#/$defs/a", $defs: { a: { type: "string" } }, nullable: true },
      "string | null",
    ],
    [
      "an alternative or null",
      { type: "string", nullable: true, anyOf: [{ const: "a" }] },
      '"a" | null',
    ],
    [
      "an alternative or null, as its own type says",
      { type: ["object", "null"], anyOf: [{ properties: { a: {} } }] },
      "{ a?: unknown } | null",
    ],
    [
      "all that the parts of its parts are",
      {
        allOf: [
          { allOf: [{ required: ["a"], type: "object" }, { properties: { b: {} } }] },
          { properties: { c: {} } },
        ],
      },
      "{ a: unknown } & { b?: unknown } & { c?: unknown }",
    ],
    ["nothing, where a part of it is", { allOf: [{ properties: { a: {} } }, false] }, "never"],
    [
      "a list of such",
      { items: { allOf: [{ properties: { a: {} } }, { properties: { b: {} } }] } },
      "({ a?: unknown } & { b?: unknown })[]",
    ],
  ])("%s", (_what, schema, type) => {
    expect(declaredInput(schema)).toBe(type);
  });
});

describe("an object of which some properties are named and others are numbers", () => {
  const others = { additionalProperties: { type: "number" } };

  test.each<[string, JsonSchema, string]>([
    [
      "has others where the named ones are numbers that must be there",
      { properties: { a: { type: "number" } }, required: ["a"], ...others },
      "{ a: number; [key: string]: number }",
    ],
    [
      "has any others where those may be missing",
      { properties: { a: { type: "number" } }, ...others },
      "{\n    a?: number;\n    [key: string]: unknown; // other properties: number\n  }",
    ],
    [
      "has any others where those are something else",
      { properties: { a: { type: "string" } }, required: ["a"], ...others },
      "{\n    a: string;\n    [key: string]: unknown; // other properties: number\n  }",
    ],
    [
      "must have one that may be anything if a pattern may be about it",
      { required: ["a"], patternProperties: { "^a": { type: "string" } }, ...others },
      "{\n    a: unknown;\n    [key: string]: unknown; // /^a/: string, other properties: number\n  }",
    ],
  ])("%s", (_what, schema, type) => {
    expect(declaredInput({ type: "object", ...schema })).toBe(type);
  });
});
