import { describe, expect, test } from "vitest";
import { declareTools, type JsonSchema } from "../../src/index.js";
import { declaredInput } from "../support/declared.js";

const execute = (): unknown => null;

describe("references", () => {
  const point = { type: "object", properties: { x: { type: "number" } }, required: ["x"] };

  test("what is used once is written in its place", () => {
    const schema = { $defs: { point }, properties: { at: { $ref: "#/$defs/point" } } };
    expect(declaredInput(schema)).toBe("{ at?: { x: number } }");
  });

  test("what is long and used more often gets a name of the tool's own", () => {
    const line = { properties: { from: { ...point, description: "Start." }, to: point } };
    const schema = {
      definitions: { "a line": line },
      properties: { a: { $ref: "#/definitions/a%20line" }, b: { $ref: "#/definitions/a%20line" } },
    };
    expect(declaredInput(schema)).toBe(
      "type t$a_line = {\n  from?: { x: number }; // Start.\n  to?: { x: number };\n};\n" +
        "{ a?: t$a_line; b?: t$a_line }",
    );
  });

  test("what is short is repeated", () => {
    const schema = { $defs: { id: { type: "string" } }, items: [{ $ref: "#/$defs/id" }] };
    schema.items.push({ $ref: "#/$defs/id" });
    expect(declaredInput(schema)).toBe("[string, string]");
  });

  test("a definition that contains itself is a named type", () => {
    const children = { type: "array", items: { $ref: "#/$defs/node" } };
    const schema = { $ref: "#/$defs/node", $defs: { node: { properties: { children } } } };
    expect(declaredInput(schema)).toBe("type t$node = { children?: t$node[] };\nt$node");
  });

  test("so is a whole schema that contains itself", () => {
    const schema = { properties: { next: { $ref: "#" } } };
    expect(declaredInput(schema)).toBe("type t$Args = { next?: t$Args };\nt$Args");
  });

  test("definitions that are nothing but each other are unknown", () => {
    const schema = { $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } };
    expect(declaredInput({ ...schema, $ref: "#/$defs/a" })).toBe("unknown");
  });

  test("a definition that is itself or something else stays a type that compiles", () => {
    const a = { anyOf: [{ $ref: "#/$defs/a" }, { type: "string" }] };
    expect(declaredInput({ $defs: { a }, $ref: "#/$defs/a" })).toBe("type t$a = unknown;\nt$a");
  });

  test("anchors and ids are found, each where its own document looks", () => {
    const inner = {
      $id: "https://example.org/inner",
      $defs: { value: { type: "number" } },
      $ref: "#/$defs/value",
    };
    const schema = {
      $id: "https://example.org/outer",
      $defs: { inner, named: { $anchor: "name", type: "boolean" }, value: { type: "string" } },
      prefixItems: [{ $ref: "inner" }, { $ref: "#name" }, { $ref: "#/$defs/value" }],
    };
    expect(declaredInput(schema)).toBe("[number, boolean, string]");
  });

  test.each(["#/$defs/none", "https://example.org/elsewhere", "#/%zz", "#/type/length"])(
    "a reference that leads nowhere (%s) is unknown",
    ($ref) => {
      expect(declaredInput({ items: { $ref } })).toBe("unknown[]");
    },
  );

  test("types of two tools never share a name", () => {
    const $defs = { c: { properties: { c: { $ref: "#/$defs/c" } } }, b_c: {} };
    const schema = { $defs: { ...$defs, b_c: $defs.c }, items: { $ref: "#/$defs/c" } };
    const text = declareTools({
      a: { inputSchema: { ...schema, items: { $ref: "#/$defs/b_c" } }, execute },
      a_b: { inputSchema: schema, outputSchema: schema, execute },
    });
    const names = [...text.matchAll(/^type (\S+)/gm)].map(([, name]) => name);
    expect(names).toEqual(["a$c", "a_b$c", "a_b$c_2"]);
  });
});

describe("depth", () => {
  const nested = { items: { items: { items: { type: "string" } } } };

  test.each([
    [0, "unknown[]"],
    [1, "unknown[][]"],
    [2, "string[][][]"],
  ])("with %i levels, what lies deeper is unknown", (maxDepth, type) => {
    expect(declaredInput(nested, maxDepth)).toBe(type);
  });

  test("a schema as deep as JSON can be does no harm", () => {
    let deep: JsonSchema = { type: "string" };
    for (let i = 0; i < 100_000; i++) deep = { anyOf: [deep] };
    expect(declaredInput(deep)).toBe("unknown");
  });

  test("definitions that double at each step stay small", () => {
    const $defs: Record<string, JsonSchema> = { d0: { properties: { a: { type: "string" } } } };
    for (let i = 1; i < 200; i++) {
      const $ref = `#/$defs/d${i - 1}`;
      $defs[`d${i}`] = { properties: { a: { $ref }, b: { $ref } } };
    }
    expect(declaredInput({ $defs, $ref: "#/$defs/d199" }).length).toBeLessThan(20_000);
  });
});
