import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { helpers } from "../../src/declarations/helpers.js";
import type { CodeModeOptions, ModelToolsOptions, NamedTool } from "../../src/index.js";
import { estimateTokens } from "../../src/model/token-budget.js";
import { runToTexts } from "../support/cells.js";
import { modelTools } from "../support/model.js";
import { compileTexts } from "../support/tsc.js";

const execute = (): null => null;
const maxLength = 2048;

function read(changes: Partial<NamedTool> = {}): NamedTool {
  return {
    name: "read",
    description: "Reads a file. It can be of any size.",
    inputSchema: {
      type: "object",
      properties: {
        limit: { type: "number", description: "Lines at most." },
        path: { type: "string" },
      },
      required: ["path"],
    },
    execute,
    ...changes,
  };
}

function copies(count: number, changes: Partial<NamedTool> = {}): readonly NamedTool[] {
  return Array.from({ length: count }, (_, at) =>
    read({ name: `r${String(at).padStart(4, "0")}`, ...changes }),
  );
}

function describedBy(
  tools: readonly NamedTool[],
  options: ModelToolsOptions = {},
  codeMode: CodeModeOptions = {},
): string {
  const made = modelTools({ description: "short", ...options }, { tools, ...codeMode });
  return made.exec.description;
}

/** The tools of the servers whose lists the tests have, by server. */
function realTools(): ReadonlyMap<string, readonly NamedTool[]> {
  const folder = "test/fixtures/tool-schemas";
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return new Map(
    files.map((file) => {
      const server = file.replace(".json", "");
      const { tools } = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as {
        readonly tools: readonly NamedTool[];
      };
      return [server, tools.map((tool) => ({ ...tool, namespace: `mcp/${server}`, execute }))];
    }),
  );
}

describe("the short description of exec", () => {
  test("has, from many tools to few: names, names of parameters, declarations, descriptions", () => {
    const forms = {
      "and how many others": [describedBy(copies(1_000)), "r0000, ", "of 1000 stand here"],
      names: [describedBy(copies(60)), "r0058, r0059", "Read a tool's declaration"],
      parameters: [describedBy(copies(20)), "- r0000({ path, limit? }), r0001({"],
      declarations: [describedBy(copies(9)), "limit?: number; // Lines at most.", "More about one"],
      "first sentences": [
        describedBy(copies(6, { description: `Reads a file. ${"It is long. ".repeat(9)}` })),
        "/** Reads a file. */\n  r0000(args: {",
      ],
      descriptions: [describedBy(copies(2)), "/** Reads a file. It can be of any size. */"],
    };
    for (const [form, [description = "", ...texts]] of Object.entries(forms)) {
      for (const text of texts) expect(description, form).toContain(text);
      expect(description.length).toBeLessThanOrEqual(maxLength);
    }
    expect(forms.descriptions[0]).not.toContain('describe_tool("r0');
  });

  test("writes what all names of a namespace begin with once, and what the namespace is", () => {
    const files = {
      namespace: "mcp/files",
      namespaceDescription: "# Files\n\nThe files. All of them.",
    };
    const tools = [...copies(20, files), read({ name: "other", kind: "freeform" })];
    const description = describedBy(tools);
    expect(description).toContain("`a_*: b` is `tools.a_b`.");
    expect(description).toContain("- mcp__files__* (The files.): r0000({ path, limit? }), ");
    expect(description).toContain('describe_tool("other")');
    expect(description).toContain("- other(text)");
    expect(description).toBe(describedBy([...tools].reverse()));
  });

  test("tells each namespace of hundreds of tools, or how many there are", () => {
    const servers = (count: number): readonly NamedTool[] =>
      Array.from({ length: count }, (_, at) => copies(50, { namespace: `mcp/server${at}` })).flat();
    const ten = describedBy(servers(10));
    for (const at of new Array(10).keys()) expect(ten).toContain(`- mcp__server${at}__*: r0000, `);
    const many = describedBy(servers(100));
    expect(many).toMatch(/- mcp__server0__\*: 50 tools\n.*\n- … \d+ more$/s);
    expect(many).toContain("0 of 5000 stand here. Find others with");
  });

  test("writes the first words that all names of a namespace share once", () => {
    const names = ["browser_tabs_open", "browser_tabs", "browser_tab_close"];
    const tools = names.map((name) =>
      read({ name, namespace: "web", description: "x".repeat(900) }),
    );
    const forms =
      "tab_close({ path, limit? }), tabs({ path, limit? }), tabs_open({ path, limit? })";
    const large = {
      type: "object",
      properties: { path: {}, limit: { enum: names.map((name) => name.repeat(40)) } },
    };
    const described = describedBy(tools.map((tool) => ({ ...tool, inputSchema: large })));
    expect(described).toContain(`- web__browser_*: ${forms.replaceAll("path,", "path?,")}`);
  });

  test("tells how to find the tools that are deferred, or that it is to leave out", () => {
    const tools = [read(), ...copies(5, { deferLoading: true })];
    expect(describedBy(tools)).toContain("1 of 6 stand here. Find others with");
    expect(describedBy(tools)).not.toContain("r0003");
    expect(describedBy(tools, { describeTools: "all" })).toContain("r0003");
    const none = describedBy(tools, { describeTools: "none" });
    expect(none).toContain("0 of 6 stand here");
    expect(none).toContain("`text(await describe_tool(name))`");
    expect(describedBy([])).toContain("There are none; `tools` is empty.");
  });

  test.each<readonly [ModelToolsOptions, CodeModeOptions, string]>([
    [{}, {}, "`text(value)`, `console.log` and `return value` output."],
    [{}, { console: false }, "`text(value)` and `return value` output."],
    [{}, { console: false, dialect: "strict" }, "`text(value)` outputs; `return` fails"],
    [{ typescript: false }, {}, "in JavaScript, no TypeScript."],
    [{}, { remoteImages: true }, "`image` also takes `http:` and `https:` URLs."],
    [{}, { modules: { "lib.js": "export {}" } }, '`import` takes `"lib.js"`.'],
    [{}, { yieldAfterMs: 2500 }, "After 2.5 seconds, or at `yield_control()`"],
    [{}, { yieldAfterMs: Infinity }, "- At `yield_control()`, you get"],
    [{}, { maxOutputTokens: 77 }, "Of more than 77 tokens the middle is cut."],
    [{ codeOnly: true }, {}, "can only be called from a program"],
  ])(
    "follows the options %j of the model's tools and %j of the session",
    (options, codeMode, text) => {
      expect(describedBy([read()], options, codeMode)).toContain(text);
    },
  );

  test.each(["", "files", `mcp/${"long".repeat(60)}`])(
    "is never longer than 2048 characters, whatever tools in the namespace %j and modules are called",
    (namespace) => {
      const modules = Object.fromEntries(
        Array.from({ length: 20 }, (_, at) => [`${"m".repeat(at * 10)}${at}`, "export {}"]),
      );
      for (const count of [1, 4, 12, 40]) {
        for (const nameLength of [1, 60, 300]) {
          const tools = Array.from({ length: count }, (_, at) =>
            read({
              name: `${"n".repeat(nameLength)}${at}`,
              namespace,
              namespaceDescription: "x".repeat(300),
              description: "y".repeat(at * 20),
            }),
          );
          const session = { tools, modules, remoteImages: true };
          const made = modelTools({ description: "short", codeOnly: true }, session);
          expect(made.exec.description.length).toBeLessThanOrEqual(maxLength);
          expect(made.freeformExec.description.length).toBeLessThanOrEqual(maxLength);
        }
      }
    },
  );

  test("costs with wait less than 600 tokens before any tool, and less than 850 with 272 real ones", () => {
    const tokens = (tools: readonly NamedTool[]): number => {
      const { exec, wait } = modelTools({ description: "short" }, { tools });
      const sent = [exec, wait].map(({ name, description, inputSchema }) => ({
        name,
        description,
        inputSchema,
      }));
      return estimateTokens(JSON.stringify(sent));
    };
    expect(tokens([])).toBeLessThan(600);
    expect(tokens([...realTools().values()].flat())).toBeLessThan(850);
  });

  test("names all tools of eleven real servers, and most of one with 71", () => {
    for (const [server, tools] of realTools()) {
      const [, section = ""] = describedBy(tools).split("## Tools");
      const named = tools.filter(({ name }) => section.includes(name.split(/[-_]/).at(-1) ?? ""));
      if (tools.length < 60) expect(named, server).toHaveLength(tools.length);
      else expect(section, server).toContain(`58 of ${tools.length} stand here`);
    }
  });
});

describe("the guide to the helpers, which the short description names", () => {
  test("declares each helper, as the compiler accepts it", async () => {
    const [guide = ""] = await runToTexts('text((await describe_tool("helpers")).declaration);');
    for (const { name } of helpers) expect(guide).toContain(`declare function ${name}`);
    expect(guide).toContain("/** Outputs a text: ");
    const use = `text(1); image("data:,"); content([]); store("a", 1); load<string>("a")?.length;
      for await (const one of as_settled([1])) if (one.status === "fulfilled") text(one.value);
      await stream_settled({ a: 1 }, ({ index }) => text(index));
      const [tool] = await search_tools("a"); text(tool?.declaration);
      setTimeout((n: number) => text(n), 1, 2);`;
    expect(await compileTexts([guide + use])).toEqual([]);
  });

  test("gives way to a tool of that name", async () => {
    const tools = [read({ name: "helpers", description: "Finds people who help." })];
    const source = 'text((await describe_tool("helpers")).description);';
    expect(await runToTexts(source, { tools })).toEqual(["Finds people who help."]);
  });
});

test("an unknown length of the description is refused", () => {
  expect(() => modelTools({ description: "brief" as never })).toThrow(
    '"description" must be "short" or "full"',
  );
});
