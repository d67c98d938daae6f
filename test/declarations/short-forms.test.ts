import { describe, expect, test } from "vitest";
import { toCallForms } from "../../src/declarations/call-forms.js";
import type { NamedTool, ToolSchema } from "../../src/index.js";
import { ToolSet } from "../../src/tools/tool-set.js";
import { modelTools } from "../support/model.js";

const execute = (): unknown => null;

function toolsOf(...schemas: readonly (ToolSchema | undefined)[]): readonly NamedTool[] {
  return schemas.map((inputSchema, at) => ({ name: `tool_${at}`, inputSchema, execute }));
}

function callForms(
  tools: readonly NamedTool[],
  { maxLength = 1_000, prefix = "" } = {},
): readonly string[] | undefined {
  return toCallForms(ToolSet.empty.with(tools).tools, { maxLength, prefix });
}

const properties = (...names: readonly string[]): Record<string, object> =>
  Object.fromEntries(names.map((name) => [name, {}]));

describe("how a tool is called, in short:", () => {
  test.each<[string, ToolSchema | undefined, string]>([
    ["without a schema", undefined, "input"],
    ["with one that names no properties", { type: "object" }, "input"],
    ["with one that lets nothing through", { properties: false }, "input"],
    ["with no properties", { properties: {} }, ""],
    [
      "with those first that are required",
      { properties: properties("a", "b", "c"), required: ["c"] },
      "{ c, a?, b? }",
    ],
    [
      "with what is required not in a list",
      { properties: properties("a"), required: "a" },
      "{ a? }",
    ],
    ["with names that are no identifiers", { properties: properties("a-b") }, '{ "a-b"? }'],
    [
      "with eight properties",
      { properties: properties(..."abcdefgh") },
      "{ a?, b?, c?, d?, e?, f?, g?, h? }",
    ],
    [
      "with more",
      { properties: properties(..."abcdefghi") },
      "{ a?, b?, c?, d?, e?, f?, g?, h?, … }",
    ],
  ])("%s", (_what, schema, parameters) => {
    expect(callForms(toolsOf(schema))).toEqual([`tool_0(${parameters})`]);
  });

  test("of a freeform tool with a text, and of none with what all names begin with", () => {
    const tools: NamedTool[] = [{ name: "tool_patch", kind: "freeform", execute }];
    expect(callForms(tools, { prefix: "tool_" })).toEqual(["patch(text)"]);
  });

  test("only where all of them are as short as is asked", () => {
    const tools = toolsOf(undefined, undefined);
    expect(callForms(tools, { maxLength: 26 })).toEqual(["tool_0(input)", "tool_1(input)"]);
    expect(callForms(tools, { maxLength: 25 })).toBeUndefined();
  });

  test("only where their schemas have no more than 40 000 values together", () => {
    const half = { examples: new Array(19_997).fill(0) };
    expect(callForms(toolsOf(half, half))).toHaveLength(2);
    expect(callForms(toolsOf(half, { ...half, type: "object" }))).toBeUndefined();
  });
});

describe("of what a namespace is, the short description tells the first sentence:", () => {
  /** What stands behind the name of a namespace with this description. */
  function shown(namespaceDescription: string): string | undefined {
    const tools = Array.from({ length: 20 }, (_, at): NamedTool => {
      const inputSchema = { properties: properties("path", "limit") };
      const description = "Long. ".repeat(40);
      return {
        name: `r${at}`,
        namespace: "n",
        namespaceDescription,
        description,
        inputSchema,
        execute,
      };
    });
    const { exec } = modelTools({ description: "short" }, { tools });
    return /^- n__\*(?: \((.*)\))?: /m.exec(exec.description)?.[1];
  }

  test.each<[string, string, string | undefined]>([
    ["none of none", "", undefined],
    ["without headings above it", "\n# Files\n  ## All\n\n \nOne. Two.", "One."],
    ["without the lines between it and such headings", "# Files\n \n\nOne. Two.", "One."],
    ["with a sign in it that headings begin with", "In C# only.\n\nTwo.", "In C# only."],
    ["a heading where there is nothing else", "# Files", "# Files"],
    ["where a sign is no heading", "#1 of all. Two.", "#1 of all."],
    ["of more lines than one", "One\n  and on! Two.", "One and on!"],
    ["without an end, as far as its paragraph", "One\n \nTwo.", "One"],
    ["not ended by a point within a word", "Version 1.2 of it? Two.", "Version 1.2 of it?"],
    ["of 120 characters", "x".repeat(120), "x".repeat(120)],
    ["of more, cut", "x".repeat(121), `${"x".repeat(120)}…`],
  ])("%s", (_what, description, sentence) => {
    expect(shown(description)).toBe(sentence);
  });
});

test("the short description has first sentences where descriptions have no room", () => {
  const description = `${" ".repeat(2_000)}Reads. ${"It is long. ".repeat(60)}`;
  const tools = toolsOf({}, {}, {}).map((tool) => ({ ...tool, description }));
  const { exec } = modelTools({ description: "short" }, { tools });
  expect(exec.description).toContain("/** Reads. */\n  tool_0(");
});
