import { describe, expect, test } from "vitest";
import { toLineComments } from "../../src/declarations/comment-text.js";
import { declareTools, type JsonSchema } from "../../src/index.js";
import { declaredInput, declaredProperty } from "../support/declared.js";

const object = (...names: readonly string[]): JsonSchema => ({
  type: "object",
  properties: Object.fromEntries(names.map((name) => [name, {}])),
});

describe("a type stands in one line", () => {
  test("with at most seventy characters, those before it included", () => {
    const line = `  { ${"a".repeat(54)}?: unknown }`;
    expect(line).toHaveLength(70);
    expect(`  ${declaredInput(object("a".repeat(54)))}`).toBe(line);
    expect(declaredInput(object("a".repeat(55)))).toBe(`{\n    ${"a".repeat(55)}?: unknown;\n  }`);
  });

  test("where nothing in it has a comment, whatever it lies in", () => {
    const noted = { type: "object", properties: { a: { description: "A." } } };
    const inLines = "{\n  a?: unknown; // A.\n}";
    const shown = (schema: JsonSchema): string => declaredProperty(schema);
    expect(shown(noted)).toBe(`x: ${inLines};`);
    expect(shown({ type: "array", items: noted })).toBe(`x: ${inLines}[];`);
    expect(shown({ prefixItems: [noted], items: false })).toBe(`x: [${inLines}];`);
    expect(shown({ prefixItems: [{}], items: noted })).toBe(`x: [unknown, ...${inLines}[]];`);
    expect(shown({ anyOf: [{ type: "null" }, noted] })).toBe(`x: null | ${inLines};`);
    expect(shown({ allOf: [object("b"), noted] })).toBe(`x: { b?: unknown } & ${inLines};`);
  });

  test("and where it has no members it does at any depth", () => {
    let schema: JsonSchema = object();
    for (let depth = 0; depth < 40; depth += 1) schema = { properties: { p: schema } };
    expect(declaredInput(schema, 60)).toContain("p?: {};\n");
  });
});

describe("a comment stands", () => {
  const declared = (noteLength: number): string =>
    declaredInput({ properties: { a: { description: "n".repeat(noteLength) } } });

  test("behind its property in a line of at most a hundred characters", () => {
    const line = `    a?: unknown; // ${"n".repeat(80)}`;
    expect(line).toHaveLength(100);
    expect(declared(80)).toBe(`{\n${line}\n  }`);
    expect(declared(81)).toBe(`{\n    // ${"n".repeat(81)}\n    a?: unknown;\n  }`);
  });

  test("before a property of more than one line", () => {
    const inner = { description: "A.", type: "object", properties: { b: { description: "B." } } };
    expect(declaredProperty(inner)).toBe("// A.\nx: {\n  b?: unknown; // B.\n};");
  });
});

test("a tool's comment has no more lines than its description, and none without one", () => {
  const execute = (): unknown => null;
  const described = (description: string): string => declareTools({ t: { description, execute } });
  expect(described(" \n\n ")).toBe(described(""));
  expect(described("  Says.  ")).toContain("  /** Says. */\n");
  expect(described("One.\r\n\r\nTwo.\u2028Three.")).toContain(
    "  /**\n   * One.\n   *\n   * Two.\n   * Three.\n   */\n",
  );
});

test("a text in line comments has no spaces at the ends of its lines, and no lines without text", () => {
  expect(toLineComments("\nOne.\n\n  Two. \n")).toBe("// One.\n//\n//   Two.\n");
  expect(toLineComments(" ")).toBe("");
});

test("a namespace's name gets out of its comment no more than other texts", () => {
  const tool = { name: "a", namespace: "x/a\nb", execute: (): unknown => null };
  expect(declareTools([tool])).toContain("  // namespace x/a b\n");
});
