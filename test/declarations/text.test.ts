import { describe, expect, test } from "vitest";
import { declareTool, declareTools } from "../../src/index.js";
import { declaredInput, declaredProperty } from "../support/declared.js";

const execute = (): unknown => null;

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

  test("a definition's description stands where the definition is written", () => {
    const node = {
      description: "A node.",
      properties: { next: { $ref: "#/$defs/node" }, last: { $ref: "#/$defs/node" } },
    };
    expect(declaredInput({ $defs: { node }, $ref: "#/$defs/node" })).toBe(
      "/** A node. */\ntype t$node = { next?: t$node; last?: t$node };\nt$node",
    );
    const id = { type: "string", description: "An id." };
    expect(declaredInput({ $defs: { id }, properties: { a: { $ref: "#/$defs/id" } } })).toBe(
      "{\n    a?: string; // An id.\n  }",
    );
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
      { name: "raw", resultType: "mcpResult", outputSchema, execute },
    ]);
    expect(text).toContain("  count(args?: unknown): Promise<McpResult<{ n: number }>>;\n");
    expect(text).toContain("  look(args?: unknown): Promise<McpResult>;\n");
    expect(text).toContain("  raw(args?: unknown): Promise<CallToolResult<{ n: number }>>;\n");
    expect(text.match(/^type CallToolResult</gm)).toHaveLength(1);
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
      'its "resultType" must be "value", "mcp" or "mcpResult", and is a string "odd"',
    );
  });
});
