import { describe, expect, test } from "vitest";
import type { JsonSchema } from "../../src/index.js";
import { declaredInput, declaredProperty } from "../support/declared.js";

describe("a comment says what the type cannot:", () => {
  test.each<[string, JsonSchema, string]>([
    ["an integer among other types", { type: ["integer", "null"] }, "integer"],
    ["bounds of numbers that are within", { minimum: 1.5, maximum: 3 }, "≥ 1.5, ≤ 3"],
    ["bounds that are not", { exclusiveMinimum: 0, exclusiveMaximum: 10 }, "> 0, < 10"],
    ["lengths of a text", { minLength: 1, maxLength: 9 }, "≥ 1 characters, ≤ 9 characters"],
    ["no members at all", { minItems: 0, maxItems: 0 }, "≤ 0 items"],
    ["a pattern", { pattern: "^a\\d$" }, "pattern: ^a\\d$"],
    ["the format of members", { items: { format: "uri" } }, "format of each: uri"],
    ["a default that is null", { default: null }, "default: null"],
    ["a description with white space around it", { description: "\n What. " }, "What."],
  ])("%s", (_what, schema, note) => {
    expect(declaredProperty(schema).split(" // ")[1]).toBe(note);
  });

  test.each<[string, JsonSchema]>([
    ["every safe integer has", { minimum: -(2 ** 53 - 1), maximum: 2 ** 53 - 1 }],
    ["every text or list has", { minLength: 0, minItems: 0 }],
    ["are texts where numbers belong", { minimum: "5", minLength: "5", maxLength: "5" }],
    ["are numbers where texts belong", { format: 1, pattern: 2, description: 3, deprecated: 1 }],
    ["belong to members that are none", { items: { format: 1 } }],
    ["belong to no members", { items: null }],
  ])("and not bounds and details that %s", (_what, schema) => {
    expect(declaredProperty(schema)).not.toContain("//");
  });
});

describe("a comment on the other properties of an object says", () => {
  test.each<[string, JsonSchema, string]>([
    [
      "what they are",
      { additionalProperties: { type: "number", description: "Points." } },
      "Points.",
    ],
    ["which one name they have", { propertyNames: { const: "a" } }, 'names: "a"'],
    [
      "what those are like that are not named, unless any may be",
      { properties: { a: {} }, patternProperties: { "^x": { type: "string" }, "^y": {} } },
      "/^x/: string",
    ],
    [
      "what a pattern says of them where no others are there",
      {
        properties: { a: {} },
        patternProperties: { "^x": { type: "string" } },
        additionalProperties: false,
      },
      "/^x/: string",
    ],
    [
      "a type of a hundred characters",
      { propertyNames: { const: "k".repeat(98) } },
      `names: "${"k".repeat(98)}"`,
    ],
  ])("%s", (_what, schema, note) => {
    const text = declaredProperty({ type: "object", ...schema });
    expect(text.match(/\/\/ (.*)/)?.[1]).toBe(note);
  });

  test.each<[string, JsonSchema]>([
    ["that their names are texts", { propertyNames: { type: "string" } }],
    ["a longer type", { propertyNames: { const: "k".repeat(99) } }],
    [
      "a type that has comments itself",
      { propertyNames: { properties: { a: { description: "A." } } } },
    ],
  ])("but not %s", (_what, schema) => {
    const text = declaredProperty({ type: "object", ...schema });
    expect(text).toBe("x: { [key: string]: unknown }");
  });
});

describe("a description stands once:", () => {
  const large = {
    description: "A place.",
    properties: { longitude: { type: "number" }, latitude: { type: "number" }, name: {} },
  };

  test("at a type's name and not at the property that is its definition", () => {
    const properties = { a: large, b: { $ref: "#/properties/a" } };
    expect(declaredInput({ properties })).toBe(
      "/** A place. */\ntype t$a = { longitude?: number; latitude?: number; name?: unknown };\n" +
        "{ a?: t$a; b?: t$a }",
    );
  });

  test("and is that of the reference where it has one", () => {
    const place = { $ref: "#/$defs/place", description: "Home." };
    const $defs = { place: { description: "Anywhere.", type: "string", format: "uri" } };
    expect(declaredInput({ $defs, properties: { place } })).toBe(
      "{\n    place?: string; // Home. (format: uri)\n  }",
    );
  });
});
