import { describe, expect, test } from "vitest";
import type { JsonSchema } from "../../src/index.js";
import { declaredProperty } from "../support/declared.js";

describe("a property's schema becomes its type, white space aside:", () => {
  test.each<[string, JsonSchema | boolean, string]>([
    ["a plain type", { type: "string" }, "x: string"],
    ["an integer, which TypeScript does not know", { type: "integer" }, "x: number; // integer"],
    ["a list of types", { type: ["string", "null"] }, "x: string | null"],
    ["OpenAPI's nullable", { type: "string", nullable: true }, "x: string | null"],
    ["an enum", { enum: ["a", 1, null, true] }, 'x: "a" | 1 | null | true'],
    ["an enum with members its type forbids", { type: "string", enum: ["a", null] }, 'x: "a"'],
    ["a constant object", { const: { a: [1, "b"] } }, 'x: { a: [1, "b"] }'],
    ["a schema that lets anything through", true, "x: unknown"],
    ["a schema that lets nothing through", false, "x: never"],
    ["no word about the type", {}, "x: unknown"],
    ["an array", { type: "array", items: { type: "string" } }, "x: string[]"],
    ["an array of whatever", { type: "array" }, "x: unknown[]"],
    ["an array of alternatives", { items: { type: ["string", "null"] } }, "x: (string | null)[]"],
    [
      "a tuple of draft-07",
      { type: "array", items: [{ type: "string" }, { type: "number" }] },
      "x: [string, number]",
    ],
    [
      "a tuple of 2020-12 with more members",
      { type: "array", prefixItems: [{ type: "string" }], items: { type: "number" } },
      "x: [string, ...number[]]",
    ],
    [
      "a tuple of draft-07 with more members",
      { items: [{ type: "string" }], additionalItems: { type: ["number", "null"] } },
      "x: [string, ...(number | null)[]]",
    ],
    [
      "a tuple that may be shorter",
      { prefixItems: [{ type: "string" }, { enum: [1, 2] }], minItems: 1, items: false },
      "x: [string, (1 | 2)?]; // ≥ 1 items",
    ],
    ["anyOf", { anyOf: [{ type: "string" }, { type: "number" }] }, "x: string | number"],
    ["oneOf beside its own type", { type: "string", oneOf: [{ const: "a" }] }, 'x: "a"'],
    [
      "allOf",
      { allOf: [{ required: ["a"], properties: { a: {} } }, { properties: { b: {} } }] },
      "x: { a: unknown } & { b?: unknown }",
    ],
    [
      "alternatives that add to what all have",
      {
        type: "object",
        properties: { a: { type: "string" } },
        anyOf: [{ properties: { b: {} } }, { properties: { c: {} } }],
      },
      "x: { a?: string } & ({ b?: unknown } | { c?: unknown })",
    ],
    [
      "alternatives that only ask for more of the same",
      { properties: { a: {}, b: {} }, anyOf: [{ required: ["a"] }, { required: ["b"] }] },
      "x: { a?: unknown; b?: unknown }",
    ],
    ["what TypeScript cannot say", { not: { type: "string" }, if: {}, else: false }, "x: unknown"],
    ["an object of whatever", { type: "object" }, "x: { [key: string]: unknown }"],
    ["an object of nothing", { type: "object", properties: {} }, "x: {}"],
    ["an object by its keywords", { properties: { a: {} } }, "x: { a?: unknown }"],
    [
      "names that are no identifiers",
      { properties: { "a-b": {}, 1: {}, "it's": {}, new: {}, "": {} } },
      'x: { "1"?: unknown; "a-b"?: unknown; "it\'s"?: unknown; new?: unknown; ""?: unknown }',
    ],
    [
      "a record",
      { type: "object", additionalProperties: { type: "number" } },
      "x: { [key: string]: number }",
    ],
    [
      "a record with names to choose from",
      { additionalProperties: { type: "number" }, propertyNames: { enum: ["a", "b"] } },
      'x: { [key: string]: number; // names: "a" | "b" }',
    ],
    [
      "a record that must have some names",
      { required: ["a"], type: "object", additionalProperties: { type: "number" } },
      "x: { a: number; [key: string]: number }",
    ],
    [
      "other properties beside named ones, which TypeScript would want to be alike",
      { properties: { a: { type: "string" } }, additionalProperties: { type: "number" } },
      "x: { a?: string; [key: string]: unknown; // other properties: number }",
    ],
    [
      "patterns of names, and nothing else",
      { patternProperties: { "^x-": { type: "string" } }, additionalProperties: false },
      "x: { [key: string]: string; // /^x-/: string }",
    ],
    [
      "patterns of names, and others of which nothing is said",
      { patternProperties: { "^x-": { type: "string" }, "^y-": { type: "number" } } },
      "x: { [key: string]: unknown; // /^x-/: string, /^y-/: number }",
    ],
    ["a property that must be there", { type: "object", required: ["a"] }, "x: { a: unknown }"],
  ])("%s", (_what, schema, type) => {
    const text = declaredProperty(schema).replace(/\s+/g, " ").replace(/;$/, "");
    expect(text.replaceAll("; }", " }")).toBe(type);
  });
});
