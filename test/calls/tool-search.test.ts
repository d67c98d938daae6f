import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type NamedTool, searchTools } from "../../src/index.js";
import { root } from "../support/mcp.js";

const execute = (): unknown => null;

const names = (query: string, tools: readonly NamedTool[], limit?: number): readonly string[] =>
  searchTools(query, tools, limit).map(({ name }) => name);

const tools: readonly NamedTool[] = [
  { name: "readTextFile", namespace: "files", description: "Reads a file as text.", execute },
  {
    name: "list_directory",
    namespace: "files",
    description: "Lists what is in a folder.",
    execute,
  },
  { name: "create_issue", namespace: "tickets", description: "Opens a ticket.", execute },
  {
    name: "search",
    namespace: "tickets",
    description: "Finds issues and reads their comments.",
    inputSchema: { type: "object", properties: { assignee: { type: "string" } } },
    execute,
  },
];

describe("a query finds a tool", () => {
  test.each([
    ["by the words of its name, however they are written", "read text file", "files__readTextFile"],
    ["by the name itself", "tickets__create_issue", "tickets__create_issue"],
    ["by its namespace", "tickets search", "tickets__search"],
    ["by its description", "folder", "files__list_directory"],
    ["by a parameter", "assignee", "tickets__search"],
    ["by the beginning of a word", "direc", "files__list_directory"],
    ["in spite of a typing error", "directroy", "files__list_directory"],
    ["in any case of letters", "READ", "files__readTextFile"],
    ["among words that nothing has", "please kindly open ticket", "tickets__create_issue"],
  ])("%s", (_how, query, name) => {
    expect(names(query, tools)[0]).toBe(name);
  });
});

test("a word in a name counts more than one in a description", () => {
  expect(names("issue", tools)).toEqual(["tickets__create_issue", "tickets__search"]);
});

test("no more are found than asked for, and ten by default", () => {
  const many = Array.from({ length: 20 }, (_, n) => ({ name: `copy_${n}`, execute }));
  expect(names("copy", many, 3)).toEqual(["copy_0", "copy_1", "copy_2"]);
  expect(names("copy", many)).toHaveLength(10);
});

test("the first sixteen different words of a query count", () => {
  const many = Array.from({ length: 15 }, (_, n) => `q${n}q${n}`).join(" ");
  expect(names(`${many} ${many} folder issue`, tools)).toEqual(["files__list_directory"]);
});

test("an empty query gives the first tools, and one that fits nothing gives none", () => {
  expect(names(" ", tools, 2)).toEqual(["files__readTextFile", "files__list_directory"]);
  expect(names("zzzzzz", tools)).toEqual([]);
  expect(names("()*?", tools)).toEqual([]);
});

test("a match has what a model needs to choose", () => {
  expect(searchTools("folder", tools)).toEqual([
    {
      name: "files__list_directory",
      namespace: "files",
      description: "Lists what is in a folder.",
    },
  ]);
});

test("wrong arguments are refused by name", () => {
  expect(() => searchTools(5 as never, tools)).toThrow(
    'The option "query" must be a string; got the number 5.',
  );
  expect(() => searchTools("a", tools, 0)).toThrow(
    'The option "limit" must be a whole number of tools, 1 or more; got the number 0.',
  );
});

describe("among the tools of a dozen real servers,", () => {
  const folder = join(root, "test/fixtures/tool-schemas");
  const real = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .flatMap((file): readonly NamedTool[] => {
      const { tools: listed } = JSON.parse(readFileSync(join(folder, file), "utf8")) as {
        readonly tools: readonly NamedTool[];
      };
      return listed.map((tool) => ({ ...tool, namespace: file.replace(".json", ""), execute }));
    });

  test.each([
    ["read a text file", "filesystem__read_text_file"],
    ["take a screenshot of the page", "playwright__browser_take_screenshot"],
    ["github create pull request", "github__create_pull_request"],
    ["send a message to a slack channel", "slack__slack_post_message"],
    ["mongodb aggregate pipeline", "mongodb__aggregate"],
    ["kubernetes pod logs", "kubernetes__kubectl_logs"],
    ["add entities to the knowledge graph", "memory__create_entities"],
    ["think step by step", "sequential_thinking__sequentialthinking"],
  ])("%j finds %s among the first three", (query, name) => {
    expect(names(query, real, 3)).toContain(name);
  });
});
