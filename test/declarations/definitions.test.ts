import { describe, expect, test } from "vitest";
import type { JsonSchema } from "../../src/index.js";
import { declaredInput } from "../support/declared.js";

/** Two properties that refer to a definition, which gets a name if it is long. */
const twice = ($ref: string, more: JsonSchema): JsonSchema => ({
  ...more,
  properties: { p: { $ref }, q: { $ref } },
});

const named = (type: string): string => `type t$a = ${type};\n{ p?: t$a; q?: t$a }`;
const repeated = (type: string): string => `{ p?: ${type}; q?: ${type} }`;

const point = { properties: { latitude: { type: "number" }, longitude: { type: "number" } } };
const pointType = "{ latitude?: number; longitude?: number }";

describe("a definition that is used twice", () => {
  test.each<[string, JsonSchema, string]>([
    ["members that are short", { items: { type: "string" } }, "string[]"],
    ["a property that may be anything", { properties: { a: true } }, "{ a?: unknown }"],
    ["four values", { enum: ["a", "b", "c", "d"] }, '"a" | "b" | "c" | "d"'],
    [
      "a type of forty characters",
      { properties: { ["k".repeat(26)]: {} } },
      `{ ${"k".repeat(26)}?: unknown }`,
    ],
    [
      "one long value",
      { enum: ["four values of any length", "are repeated"] },
      '"four values of any length" | "are repeated"',
    ],
  ])("is repeated where it has %s", (_what, a, type) => {
    const declared = declaredInput(twice("#/$defs/a", { $defs: { a } })).replace(/\s+/g, " ");
    expect(declared.replace("; }", " }")).toBe(repeated(type));
  });

  test.each<[string, JsonSchema, string]>([
    ["five values", { enum: [1, 2, 3, 4, 5] }, "1 | 2 | 3 | 4 | 5"],
    [
      "a type of forty-one characters",
      { properties: { ["k".repeat(27)]: {} } },
      `{ ${"k".repeat(27)}?: unknown }`,
    ],
    [
      "schemas in schemas, however short they are",
      { items: { items: { type: "null" } } },
      "null[][]",
    ],
    ["comments", { properties: { a: { description: "A." } } }, "{\n  a?: unknown; // A.\n}"],
    [
      "itself as its other properties",
      { additionalProperties: { $ref: "#/$defs/a" } },
      "{ [key: string]: t$a }",
    ],
  ])("gets a name where it has %s", (_what, a, type) => {
    expect(declaredInput(twice("#/$defs/a", { $defs: { a } }))).toBe(named(type));
  });

  test("gets a name where it adds to another one", () => {
    const a = { $ref: "#/$defs/point", type: "object", required: ["latitude"] };
    expect(declaredInput(twice("#/$defs/a", { $defs: { a, point } }))).toBe(
      named(`{ latitude: unknown } & ${pointType}`),
    );
  });

  test("gets a name where it adds to one that adds to it", () => {
    const a = { $ref: "#/$defs/b", minimum: 1 };
    const b = { $ref: "#/$defs/a", maximum: 2, type: "number" };
    expect(declaredInput(twice("#/$defs/a", { $defs: { a, b } }))).toBe(
      "/** ≥ 1 */\ntype t$a = number;\n{ p?: t$a; q?: t$a }",
    );
  });

  test.each([
    ["#", "t$Args"],
    ["https://example.org/place", "t$place"],
    ["#/$defs/list/items", "t$list"],
    ["#/$defs/list_items", "t$list_items"],
    ["#/$defs/items_of", "t$items_of"],
    ["#items", "t$Args"],
  ])("and that %s refers to is called %s", ($ref, name) => {
    const $defs = {
      list: { items: point },
      list_items: point,
      items_of: point,
      anchored: { ...point, $anchor: "items" },
      identified: { ...point, $id: "https://example.org/place" },
    };
    const inner = { properties: { a: { $ref }, b: { $ref } } };
    expect(declaredInput({ $defs, ...inner })).toContain(`{ a?: ${name}; b?: ${name} }`);
  });
});

describe("a reference is followed", () => {
  const $id = "https://example.org/outer/schema";

  test.each<[string, JsonSchema, string]>([
    [
      "through definitions that only refer to others",
      { $defs: { b: { type: "string" }, a: { $ref: "#/$defs/b", title: "A" } }, $ref: "#/$defs/a" },
      "string",
    ],
    [
      "and not past what a definition says beside its own reference",
      {
        $defs: {
          b: { properties: { b: {} } },
          a: { $ref: "#/$defs/b", type: "object", required: ["a"] },
        },
        $ref: "#/$defs/a",
      },
      "{ a: unknown } & { b?: unknown }",
    ],
    [
      "nor past a definition that refers to nothing",
      { $defs: { a: { default: 1 } }, properties: { p: { $ref: "#/$defs/a" } } },
      "{\n    p?: unknown; // default: 1\n  }",
    ],
    [
      "to an id that is relative to the document's",
      {
        $id,
        $defs: { a: { $id: "inner", type: "string" } },
        items: { $ref: "https://example.org/outer/inner" },
      },
      "string[]",
    ],
    [
      "to an id of a document without one, however the address is written",
      {
        $defs: { a: { $id: "HTTPS://example.org", type: "string" } },
        items: { $ref: "https://example.org/#" },
      },
      "string[]",
    ],
    [
      "within the schema in which it stands, though another has the same id",
      {
        items: false,
        prefixItems: ["number", "string"].map((type) => {
          return { $id: "https://example.org", $defs: { a: { type } }, $ref: "#/$defs/a" };
        }),
      },
      "[number, string]",
    ],
    [
      "to the whole document by its id",
      { $id, items: { items: { $ref: $id } }, type: "array" },
      "type t$schema = t$schema[][];\nt$schema",
    ],
    [
      "to a name of draft-07, which is an id",
      { $id, $defs: { a: { $id: "#name", type: "string" } }, items: { $ref: "#name" } },
      "string[]",
    ],
    [
      "from beside such a name to a definition of the document",
      {
        $defs: { a: { $id: "#name", items: { $ref: "#/$defs/b" } }, b: { type: "string" } },
        $ref: "#name",
      },
      "string[]",
    ],
    [
      "through escaped names",
      { $defs: { "a/b~c": { type: "string" } }, items: { $ref: "#/$defs/a~1b~0c" } },
      "string[]",
    ],
    [
      "to a schema that lets nothing through",
      { $defs: { none: false }, items: { $ref: "#/$defs/none" } },
      "never[]",
    ],
  ])("%s", (_where, schema, type) => {
    expect(declaredInput(schema)).toBe(type);
  });

  test.each(["#/title", "#/default/a", "#/default", "#/examples/0", "#/title/length", "#none"])(
    "and %s leads to no schema",
    ($ref) => {
      const schema = { title: "T", default: null, examples: ["e"], items: { $ref } };
      expect(declaredInput(schema)).toBe("unknown[]");
    },
  );
});

describe("a type that would be nothing but itself and others is unknown where it would,", () => {
  const refer = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });
  const orObject = (key: string, ...names: readonly string[]): JsonSchema => ({
    anyOf: [...names.map(refer), { properties: { [key]: { items: refer(key) } } }],
  });

  test("and one that another is beside others is not", () => {
    const $defs = { a: orObject("a", "b"), b: orObject("b") };
    expect(declaredInput({ $defs, prefixItems: ["a", "a", "b"].map(refer) })).toBe(
      "type t$a = t$b | { a?: t$a[] };\ntype t$b = { b?: t$b[] };\n[t$a, t$a, t$b]",
    );
  });

  test("through another", () => {
    const $defs = { a: orObject("a", "b"), b: orObject("b", "a") };
    expect(declaredInput({ $defs, prefixItems: ["a", "b"].map(refer) })).toBe(
      "type t$a = t$b | { a?: t$a[] };\ntype t$b = unknown;\n[t$a, t$b]",
    );
  });

  test("through two others, and beside more", () => {
    const $defs = {
      a: orObject("a", "b", "c"),
      b: orObject("b", "d"),
      c: orObject("c"),
      d: orObject("d", "a"),
    };
    expect(declaredInput({ $defs, prefixItems: ["a", "b", "c", "d"].map(refer) })).toBe(
      "type t$a = t$b | t$c | { a?: t$a[] };\ntype t$b = t$d | { b?: t$b[] };\n" +
        "type t$c = { c?: t$c[] };\ntype t$d = unknown;\n[t$a, t$b, t$c, t$d]",
    );
  });

  test("also as the members of an optional member, but not as members alone", () => {
    const members = { items: refer("a") };
    expect(declaredInput({ $defs: { a: members }, $ref: "#/$defs/a" })).toBe(
      "type t$a = t$a[];\nt$a",
    );
    const optional = { prefixItems: [members], minItems: 0, items: false };
    expect(declaredInput({ $defs: { a: optional }, $ref: "#/$defs/a" })).toBe(
      "type t$a = [unknown[]?];\nt$a",
    );
  });
});

describe("depth is counted", () => {
  const deep = { items: { type: "string" } };

  test.each<[string, JsonSchema, number, string]>([
    ["through alternatives", { anyOf: [{ anyOf: [deep] }] }, 1, "unknown"],
    ["as far as they go", { anyOf: [{ anyOf: [deep] }] }, 2, "string[]"],
    ["through values", { const: { a: [{ b: 1 }] } }, 2, "{ a: [unknown] }"],
    ["as far as those go", { const: { a: [{ b: 1 }] } }, 3, "{ a: [{ b: 1 }] }"],
    ["through schemas around values", { items: { const: [[1]] } }, 2, "[unknown][]"],
  ])("%s", (_what, schema, maxDepth, type) => {
    expect(declaredInput(schema, maxDepth)).toBe(type);
  });
});
