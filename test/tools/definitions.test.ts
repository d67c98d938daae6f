import { describe, expect, test } from "vitest";
import { createCodeMode, declareTools, type ToolDefinition } from "../../src/index.js";
import { RegisteredTool } from "../../src/tools/registered-tool.js";
import { ToolSet } from "../../src/tools/tool-set.js";

const execute = (): unknown => null;
const none = (): void => {};

describe("a tool is refused", () => {
  test.each<[string, unknown, string]>([
    ["execute", "run", 'must be a function, and is a string "run"'],
    ["kind", "method", 'must be "function" or "freeform", and is a string "method"'],
    ["deferLoading", 1, "must be true or false, and is the number 1"],
    ["resultType", "text", 'must be "value", "mcp" or "mcpResult", and is a string "text"'],
    ["effect", "none", 'must be "read", "idempotent" or "write", and is a string "none"'],
    ["onLost", "wait", 'must be "retry" or "fail", and is a string "wait"'],
    ["preview", {}, "must be a function, and is an object {}"],
    ["reconcile", null, "must be a function, and is null"],
    ["revert", true, "must be a function, and is the boolean true"],
    ["onInvalidSchema", "log", 'must be a function, and is a string "log"'],
    ["description", 5, "must be a string, and is the number 5"],
    ["namespace", null, "must be a string, and is null"],
    ["namespaceDescription", [], "must be a string, and is an array []"],
    ["approval", null, '"deny", { policy, reason } or a function, and is null'],
    ["needsApproval", "yes", 'must be true, false or a function, and is a string "yes"'],
  ])("where its %s is %j", (key, value, why) => {
    expect(() => createCodeMode({ tools: { odd: { execute, [key]: value } as never } })).toThrow(
      expect.objectContaining({
        code: "ERR_INVALID_TOOL",
        message: expect.stringMatching(
          new RegExp(`^The tool "odd" cannot be used: its "${key}" .*${escaped(why)}\\.$`),
        ),
      }),
    );
  });

  test.each<[unknown]>([["string"], [null], [[]]])("where its inputSchema is %j", (inputSchema) => {
    expect(() => declareTools({ odd: { execute, inputSchema: inputSchema as never } })).toThrow(
      expect.objectContaining({
        code: "ERR_INVALID_TOOL",
        message: expect.stringContaining('"inputSchema" must be a Standard Schema or a JSON'),
      }),
    );
  });

  test("where it has no name, and where it is none", () => {
    expect(() => declareTools({ "": { execute } })).toThrow("its name must not be empty");
    expect(() => declareTools({ odd: null as never })).toThrow("it must be an object, and is null");
    expect(() => declareTools({ odd: 5 as never })).toThrow("must be an object, and is the number");
  });

  test("with those beside it in a list, where it is none", () => {
    for (const entry of [null, 5, "tool", execute]) {
      expect(() => declareTools([{ name: "a", execute }, entry as never])).toThrow(
        expect.objectContaining({ code: "ERR_INVALID_OPTION" }),
      );
    }
    expect(() => declareTools([{ name: "a" } as never])).toThrow(
      'The tool "a" cannot be used: its "execute" must be a function',
    );
    expect(() => declareTools(null as never)).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_OPTION" }),
    );
  });
});

function escaped(text: string): string {
  return text.replace(/[[\]{}()|.]/g, "\\$&");
}

describe("a tool is", () => {
  test("what its definition does not say otherwise", () => {
    const tool = new RegisteredTool("t", { execute });
    expect(tool).toMatchObject({
      kind: "function",
      description: "",
      namespaceDescription: "",
      isDeferred: false,
      resultType: "value",
      effect: "write",
      onLost: "fail",
      hasApproval: false,
      canRevert: false,
    });
    expect(tool.preview(1)).toBeNull();
  });

  test.each<[Partial<ToolDefinition>, object]>([
    [{ kind: "function" }, { kind: "function" }],
    [{ kind: "freeform" }, { kind: "freeform" }],
    [{ namespaceDescription: "All." }, { namespaceDescription: "All." }],
    [{ deferLoading: true }, { isDeferred: true }],
    [{ deferLoading: false }, { isDeferred: false }],
    [{ resultType: "value" }, { resultType: "value" }],
    [{ resultType: "mcp" }, { resultType: "mcp" }],
    [{ resultType: "mcpResult" }, { resultType: "mcpResult" }],
    [{ effect: "read" }, { effect: "read", onLost: "retry" }],
    [{ effect: "idempotent" }, { effect: "idempotent", onLost: "retry" }],
    [{ effect: "write" }, { effect: "write", onLost: "fail" }],
    [{ effect: "read", onLost: "fail" }, { onLost: "fail" }],
    [{ onLost: "retry" }, { onLost: "retry" }],
    [{ onLost: "fail", reconcile: () => ({ status: "unknown" }) }, { onLost: "retry" }],
    [{ approval: "auto" }, { hasApproval: false }],
    [{ approval: "ask" }, { hasApproval: true }],
    [{ revert: none }, { canRevert: true }],
    [{ preview: none, onInvalidSchema: none }, { kind: "function" }],
  ])("as its definition says: %j", (definition, expected) => {
    expect(new RegisteredTool("t", { execute, ...definition })).toMatchObject(expected);
  });

  test("for cells of an MCP server where its results are", () => {
    const { list } = ToolSet.empty.with({ a: { execute }, b: { execute, resultType: "mcp" } });
    expect(list.map(({ isMcp }) => isMcp)).toEqual([false, true]);
  });
});

describe("two sets of tools are one", () => {
  const one = ToolSet.empty.with({ a: { execute }, b: { execute, description: "first" } });
  const other = ToolSet.empty.with({ b: { execute, description: "second" }, c: { execute } });

  test("in which those of the second take the places of those with the same name", () => {
    const both = one.withSet(other).tools.map(({ name, description }) => name + description);
    expect(both).toEqual(["a", "bsecond", "c"]);
  });

  test("and the second itself where the first has none", () => {
    expect(ToolSet.empty.withSet(other)).toBe(other);
  });
});
