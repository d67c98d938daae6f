import { expect, test } from "vitest";
import { complete } from "../../src/cli/repl/completion.js";
import { createCodeMode } from "../../src/index.js";
import { ToolSet } from "../../src/tools/tool-set.js";

const inputSchema = {
  type: "object",
  properties: { path: { type: "string" }, head: { type: "number" }, "a-b": {} },
};
const { tools } = ToolSet.empty.with({
  read_text: { namespace: "mcp/files", inputSchema, execute: () => null },
  read_many: { namespace: "mcp/files", execute: () => null },
  price: { execute: () => null },
});

const sources = {
  tools,
  commands: [".help", ".stored", ".tools"],
  hasConsole: false,
  hasWebGlobals: true,
  storedKeys: async () => ["long_key", "other"],
};

test.each([
  ["a helper", "yield", ["yield_control"]],
  ["a global in the middle of an entry", "const a = [\n  Finali", ["FinalizationRegistry"]],
  ["a member of a global", "JSON.str", ["stringify"]],
  ["a member of a prototype", "Array.prototype.flatM", ["flatMap"]],
  ["a tool", "await tools.mcp__files__read_", ["mcp__files__read_many", "mcp__files__read_text"]],
  ["a tool's input", "tools.mcp__files__read_text({ ", ["head", "path"]],
  ["more of it", 'tools.mcp__files__read_text({ path: "a",\n  he', ["head"]],
  ["the input of a tool that does not tell", "tools.price({ ", []],
  [
    "a value in a tool's input",
    "tools.mcp__files__read_text({ path: pars",
    ["parseFloat", "parseInt"],
  ],
  ["a module", 'import { read_text } from "tools', ["tools.js", "tools/mcp/files.js"]],
  ["a module of a dynamic import", 'await import("code', ["codecell"]],
  ["a stored key", 'load("long', ["long_key"]],
  ["a command", ".st", [".stored"]],
  ["a tool for a command", ".tools mcp__files__read_t", ["mcp__files__read_text"]],
  ["a file for a command", ".load docs/cli.", ["docs/cli.md"]],
  ["a folder for a command", ".load ./doc", ["./docs/"]],
  ["a file in a folder that is not there", ".load none/a", []],
  ["a member of what only a cell knows", "values.fil", []],
  ["a member of a call's result", "Object.keys(a).m", []],
  ["a path that ends in nothing", "Math.none.a", []],
])("%s is completed", async (_what, text, names) => {
  expect((await complete(text, sources))[0]).toEqual(names);
});

test("what is completed replaces what was typed of the name alone", async () => {
  expect(await complete("text(JSON.str", sources)).toEqual([["stringify"], "str"]);
  expect(await complete('load("long', sources)).toEqual([["long_key"], "long"]);
});

test.each([true, false])(
  "the globals are those of a cell, with its console: %s",
  async (console) => {
    await using codeMode = createCodeMode({ console });
    const outcome = await codeMode
      .openSession()
      .exec("text(Object.getOwnPropertyNames(globalThis).sort())");
    const [names] = await complete("", { ...sources, hasConsole: console });
    expect(outcome.status === "completed" && outcome.output).toEqual([
      { type: "text", text: JSON.stringify(names) },
    ]);
  },
);
