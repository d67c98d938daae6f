import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { helpers } from "../../src/declarations/helpers.js";
import {
  type CodeModeOptions,
  createCodeMode,
  createModelTools,
  type ModelTools,
  type NamedTool,
} from "../../src/index.js";
import { runToTexts } from "../support/cells.js";
import { modelTools } from "../support/model.js";

const execute = (): null => null;
const read: NamedTool = {
  name: "read",
  namespace: "files",
  namespaceDescription: "The files of the project, by path.",
  description: "Reads a file.",
  inputSchema: {
    type: "object",
    properties: { path: { type: "string" } },
    required: ["path"],
    additionalProperties: false,
  },
  outputSchema: { type: "string" },
  execute,
};
const search: NamedTool = {
  name: "search",
  namespace: "files",
  namespaceDescription: "Told once.",
  description: "Finds files.\nTakes a pattern.",
  kind: "freeform",
  execute,
};
const deferred: readonly NamedTool[] = Array.from({ length: 10 }, (_, index) => ({
  name: `invoice_${index}`,
  description: `Invoice ${index}.`,
  deferLoading: true,
  execute,
}));

const describedBy = (tools: readonly NamedTool[], options: CodeModeOptions = {}): string =>
  modelTools({}, { tools, ...options }).exec.description;

describe("exec's description", () => {
  test("names every global that a cell has besides those of the engine and of the web", async () => {
    const standard = Object.getOwnPropertyNames(globalThis);
    const source = "text(Object.getOwnPropertyNames(globalThis));";
    const [names = ""] = await runToTexts(source, { webGlobals: false });
    const own = (JSON.parse(names) as string[]).filter(
      (name) => !standard.includes(name) || name.endsWith("Timeout"),
    );
    expect(own.sort()).toEqual(["ALL_TOOLS", "tools", ...helpers.map(({ name }) => name)].sort());
    const description = describedBy([]);
    for (const { name, declaration } of helpers) {
      expect(declaration.startsWith(`${name}(`)).toBe(true);
      expect(description).toContain(declaration);
    }
  });

  test("is the same whatever order the tools are registered in", () => {
    const tools = [search, read, ...deferred].map(withSameNamespace);
    expect(describedBy(tools)).toBe(describedBy([...tools].reverse()));
  });

  test("tells of each namespace once, and of each tool", () => {
    const description = describedBy([search, read].map(withSameNamespace));
    expect(description.split("The files of the project, by path.")).toHaveLength(2);
    expect(description).toContain(
      "  /** Reads a file. */\n  files__read(args: { path: string }): Promise<string>;\n",
    );
    expect(description).toContain("  files__search(input: string): Promise<unknown>;\n");
  });

  test("declares what the schema of a library takes", () => {
    const inputSchema = z.object({ lines: z.array(z.int()) });
    const description = describedBy([{ ...read, inputSchema }]);
    expect(description).toContain("files__read(args: { lines: number[] }): Promise<string>;");
  });

  test("reads the schemas of a set of tools once", () => {
    let reads = 0;
    const inputSchema = {
      "~standard": {
        version: 1,
        vendor: "counting",
        validate: (value: unknown) => ({ value }),
        jsonSchema: {
          input: () => {
            reads += 1;
            return { type: "object" };
          },
        },
      },
    } as const;
    const codeMode = createCodeMode({ tools: [{ ...read, inputSchema }] });
    const [one, other] = [1, 2].map(() => createModelTools(codeMode.openSession()).exec);
    expect(one?.description).toBe(other?.description);
    expect(reads).toBe(1);
  });

  test("declares as many of thousands of tools as fit, and says how many", () => {
    const properties = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`p${i}`, {}]));
    const tools = Array.from({ length: 3_000 }, (_, i) => ({
      ...read,
      name: `tool_${String(i).padStart(4, "0")}`,
      inputSchema: { type: "object", properties },
    }));
    const description = describedBy(tools);
    const [, count = 0] = /of every tool; (\d+) of 3000 are described here/.exec(description) ?? [];
    expect(Number(count)).toBeGreaterThan(1_000);
    expect(description.match(/files__tool_\d+\(/g)).toHaveLength(Number(count));
    expect(description.length).toBeLessThan(410_000);
  });

  test("leaves out a tool that is larger than a description may be, and no other", () => {
    const enormous = { ...read, name: "a_large_one", description: "x".repeat(400_001) };
    const description = describedBy([enormous, read]);
    expect(description).toContain("1 of 2 are described here");
    expect(description).toContain("files__read(");
    expect(description).not.toContain("a_large_one(");
  });

  test("leaves out deferred tools, all tools, or none", () => {
    const tools = [read, ...deferred];
    const loaded = modelTools({}, { tools }).exec.description;
    expect(loaded).toContain("files__read(");
    expect(loaded).not.toContain("invoice_3");
    expect(loaded).toContain("1 of 11 are described here");
    const all = modelTools({ describeTools: "all" }, { tools }).exec.description;
    expect(all).toContain("invoice_3(args?: ");
    expect(all).not.toContain("are described here");
    const none = modelTools({ describeTools: "none" }, { tools }).exec.description;
    expect(none).not.toContain("files__read(");
    expect(none).not.toContain("The files of the project");
    expect(none).toContain("0 of 11 are described here");
  });

  test("of a deferred tool's cell still has it", async () => {
    const [found] = await runToTexts("text(ALL_TOOLS.length + typeof tools.invoice_3);", {
      tools: deferred,
    });
    expect(found).toBe("10function");
  });

  test("says that tools are called from programs only, where that is so", () => {
    const only = "These tools can only be called from a program";
    expect(modelTools({ codeOnly: true }, { tools: [read] }).exec.description).toContain(only);
    expect(describedBy([read])).not.toContain(only);
  });

  test.each<readonly [CodeModeOptions, string]>([
    [{}, "What `console.log` prints is output."],
    [{}, "`return value` at its top level outputs the value"],
    [{ dialect: "strict" }, "`return` does not"],
    [{ console: true }, "`console` is there for the logs of the host"],
    [{ console: false }, "No `console`: use `text`."],
    [{ remoteImages: true }, "`image` also takes `http:` and `https:` URLs."],
    [{ modules: { "lib.js": "export {}" } }, '`import` takes `"lib.js"`.'],
    [{ yieldAfterMs: 2500 }, "still runs after 2.5 seconds"],
    [{ yieldAfterMs: 60_000, maxYieldAfterMs: 30_000 }, "still runs after 30 seconds"],
    [{ yieldAfterMs: Infinity }, "A program that yields answers `Script running"],
    [{ maxOutputTokens: 77 }, "Of more than 77 tokens"],
    [{ tools: [] }, "There are none; `tools` is empty."],
  ])("follows the session's options: %j", (options, text) => {
    expect(modelTools({}, options).exec.description).toContain(text);
  });

  test("does not promise TypeScript where it is switched off", () => {
    const { exec, freeformExec } = modelTools({ typescript: false });
    expect(exec.description).toContain("It is JavaScript, not TypeScript");
    expect(freeformExec.description).not.toContain("TypeScript is taken");
  });
});

test("the grammar takes what a program begins with, and no code fence", () => {
  const { grammar } = modelTools().freeformExec;
  const [, terminal = ""] = /^start: SOURCE\nSOURCE: \/(.*)\/\n$/.exec(grammar) ?? [];
  const source = new RegExp(`^${terminal}$`);
  for (const taken of ["1", '\n// @exec: {"yield_time_ms": 1}\ntext(1);', "{ text(1); }"]) {
    expect(source.test(taken), taken).toBe(true);
  }
  for (const refused of ["", " \n", "```js\ntext(1);\n```"]) {
    expect(source.test(refused), refused).toBe(false);
  }
});

test.each([
  [{ ...read, deferLoading: 1 }, '"deferLoading" must be true or false, and is the number 1'],
  [{ ...read, namespaceDescription: 1 }, '"namespaceDescription" must be a string'],
])("a tool with a wrong field is refused: %#", (tool, message) => {
  expect(() => modelTools({}, { tools: [tool as never] })).toThrow(message);
});

// Rewritten with: npx vitest run test/model/description.test.ts -u
test("docs/model.md has the words that models read", async () => {
  const template = readFileSync("docs/model.template.md", "utf8");
  const tools = [read, search, ...deferred];
  const short = modelTools({ description: "short" }, { tools }).exec.description;
  const parts = docParts(modelTools({}, { tools }), short);
  const page = template.replace(/\{\{(\w+)\}\}/g, (place, name) => parts.get(name) ?? place);
  const note =
    "<!-- Written by test/model/description.test.ts: change the template or src/model. -->";
  await expect(`${note}\n\n${page}`).toMatchFileSnapshot("../../docs/model.md");
});

function docParts(
  { exec, freeformExec, wait }: ModelTools,
  short: string,
): ReadonlyMap<string, string> {
  const [freeformInput = ""] = /## Input\n(?:- .*\n)+/.exec(freeformExec.description) ?? [];
  return new Map([
    ["exec", exec.description],
    ["short", short],
    ["execSchema", JSON.stringify(exec.inputSchema, null, 2)],
    ["freeformInput", freeformInput.trimEnd()],
    ["grammar", freeformExec.grammar.trimEnd()],
    ["wait", wait.description],
    ["waitSchema", JSON.stringify(wait.inputSchema, null, 2)],
  ]);
}

/** The same words in every tool of the namespace, so that it does not matter which comes first. */
function withSameNamespace(tool: NamedTool): NamedTool {
  return tool.namespace === undefined
    ? tool
    : { ...tool, namespaceDescription: "The files of the project, by path." };
}
