import { describe, expect, test } from "vitest";
import { declareTool, declareTools, type JsonSchema } from "../src/index.js";
import { declaredInput, declaredProperty } from "./support/declared.js";

const execute = (): unknown => null;

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

describe("comments", () => {
  test("a description, and what a type cannot say, are one comment", () => {
    const property = {
      type: "integer",
      description: "How many\n  at most.",
      minimum: 1,
      maximum: 100,
      default: 10,
    };
    expect(declaredProperty(property)).toBe(
      "x: number; // How many at most. (integer, ≥ 1, ≤ 100, default: 10)",
    );
    expect(declaredProperty({ type: "string", format: "date-time", deprecated: true })).toBe(
      "x: string; // deprecated, format: date-time",
    );
  });

  test("a long one stands above its property", () => {
    const description = "word ".repeat(30).trim();
    expect(declaredProperty({ type: "string", description })).toBe(`// ${description}\nx: string;`);
  });

  test("a tool's description keeps its lines", () => {
    const tool = { description: "\nFirst.\n\n  - second  \n", execute };
    expect(declareTools({ tool })).toBe(
      "declare const tools: {\n  /**\n   * First.\n   *\n   *   - second\n   */\n" +
        "  tool(args?: unknown): Promise<unknown>;\n};\n",
    );
    expect(declareTools({ tool }, { toolDescriptions: false })).toBe(
      "declare const tools: {\n  tool(args?: unknown): Promise<unknown>;\n};\n",
    );
  });

  test("no text gets out of its comment, and none is a directive to the compiler", () => {
    const evil = "a */ b \u2028 c \u2029 d \r e \0 f";
    expect(declaredProperty({ type: "string", description: evil })).toBe(
      "x: string; // a *\\/ b c d e f",
    );
    expect(declaredProperty({ description: "@ts-ignore" })).toBe("x: unknown; // @ ts-ignore");
    expect(declareTools({ t: { description: "*/ } */", execute } })).toContain(
      "/** *\\/ } *\\/ */",
    );
  });
});

describe("tools", () => {
  test("those of a namespace stand together, in the order in which they came", () => {
    const tools = [
      { name: "read", namespace: "mcp/files", execute },
      { name: "price", execute },
      { name: "write", namespace: "mcp/files", execute },
    ];
    const text =
      "declare const tools: {\n" +
      "  // namespace mcp/files\n" +
      "  mcp__files__read(args?: unknown): Promise<unknown>;\n" +
      "  mcp__files__write(args?: unknown): Promise<unknown>;\n" +
      "\n" +
      "  price(args?: unknown): Promise<unknown>;\n" +
      "};\n";
    expect(declareTools(tools)).toBe(text);
    expect(declareTools(tools)).toBe(text);
  });

  test("a freeform tool takes a string", () => {
    expect(declareTool({ name: "patch", kind: "freeform", execute })).toBe(
      "declare const tools: {\n  patch(input: string): Promise<unknown>;\n};\n",
    );
  });

  test("a tool that runs without input says so", () => {
    const inputSchema = { type: "object", properties: { all: { type: "boolean" } } };
    expect(declareTool({ name: "list", inputSchema, execute })).toContain(
      "list(args?: { all?: boolean }): Promise<unknown>;",
    );
  });

  test("a tool called new is a method and no constructor", () => {
    expect(declareTool({ name: "new", execute })).toContain('  "new"(args?: unknown): ');
  });

  test("an MCP tool's result is what its server's result becomes; the types are there once", () => {
    const outputSchema = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
    const text = declareTools([
      { name: "count", resultType: "mcp", outputSchema, execute },
      { name: "look", resultType: "mcp", execute },
    ]);
    expect(text).toContain("  count(args?: unknown): Promise<McpResult<{ n: number }>>;\n");
    expect(text).toContain("  look(args?: unknown): Promise<McpResult>;\n");
    expect(text.match(/^type CallToolResult<T> = /gm)).toHaveLength(1);
  });

  test("no tools are an empty object", () => {
    expect(declareTools({})).toBe("declare const tools: {\n};\n");
  });

  test("options that are none are refused by name", () => {
    expect(() => declareTools({}, { depth: 1 } as never)).toThrow(
      'There is no option "depth" in the options of declareTools; there are maxDepth, toolDescriptions.',
    );
    expect(() => declareTools({}, { maxDepth: -1 })).toThrow(
      'The option "maxDepth" must be a whole number of levels, 0 or more; got the number -1.',
    );
    expect(() => declareTools([{ name: "a", resultType: "odd" as never, execute }])).toThrow(
      'its "resultType" must be "value" or "mcp", and is a string "odd"',
    );
  });
});
