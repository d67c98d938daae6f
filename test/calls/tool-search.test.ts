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
    ["by three letters", "dir", "files__list_directory"],
    ["in spite of a letter too few in five", "foldr", "files__list_directory"],
    ["in any case of letters", "READ", "files__readTextFile"],
    ["among words that nothing has", "please kindly open ticket", "tickets__create_issue"],
  ])("%s", (_how, query, name) => {
    expect(names(query, tools)[0]).toBe(name);
  });
});

test.each([
  ["two letters", "di"],
  ["a short word with a typing error", "reed"],
])("%s find nothing", (_how, query) => {
  expect(names(query, tools)).toEqual([]);
});

test("a word in a name counts more than one in a description", () => {
  expect(names("issue", tools)).toEqual(["tickets__create_issue", "tickets__search"]);
  expect(names("issue", tools.toReversed())).toEqual(["tickets__create_issue", "tickets__search"]);
});

test("tools that fit as well as each other are in the order of the tools", () => {
  const alike = ["alpha", "beta", "gamma"].map((name) => ({ name, execute }));
  expect(names("gamma beta alpha", alike)).toEqual(["alpha", "beta", "gamma"]);
});

test("a tool's name as it is written finds that tool first, with blanks around it too", () => {
  const named = [
    { name: "copy_copy", namespace: "copy", description: "Copy, copy, copy.", execute },
    { name: "copy", description: "Duplicates what is given to it, one thing a time.", execute },
    { name: "copy.all", namespace: "other", description: "Duplicates.", execute },
    { name: "copy_all", namespace: "copy/all", description: "All: copy all.", execute },
  ];
  for (const query of ["copy", "  copy "]) expect(names(query, named)[0]).toBe("copy");
  expect(names("copy.all", named)[0]).toBe("other__copy_all");
});

test("no more are found than asked for, and ten by default", () => {
  const many = Array.from({ length: 20 }, (_, n) => ({ name: `copy_${n}`, execute }));
  expect(names("copy", many, 3)).toEqual(["copy_0", "copy_1", "copy_2"]);
  expect(names("copy", many, 1)).toEqual(["copy_0"]);
  expect(names("", many, 1)).toEqual(["copy_0"]);
  expect(names("copy", many)).toHaveLength(10);
});

test("the first sixteen different words of a query count", () => {
  const many = Array.from({ length: 15 }, (_, n) => `q${n}q${n}`).join(" ");
  expect(names(`? ${many} ${many} folder issue`, tools)).toEqual(["files__list_directory"]);
});

test("words that differ in case are one word", () => {
  const cases = Array.from({ length: 16 }, (_, n) => {
    const upper = [...n.toString(2).padStart(4, "0")].map((bit) => bit === "1");
    return [..."fold"].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter)).join("");
  });
  expect(names(`${cases.join(" ")} assignee`, tools)).toContain("tickets__search");
});

test("a thousand characters of a query count, and forty of a word", () => {
  const query = (length: number): string => `folder ${" ".repeat(length - 15)}assignee`;
  expect(names(query(1000), tools)).toContain("tickets__search");
  expect(names(query(1008), tools)).not.toContain("tickets__search");
  const long = [{ name: "x".repeat(40), execute }];
  expect(names("x".repeat(40) + "y".repeat(40), long)).toHaveLength(1);
});

test.each([
  ["a description", (text: string) => ({ description: text })],
  [
    "the names of parameters",
    (text: string) => ({
      inputSchema: { type: "object", properties: { [text.slice(0, -7)]: {}, tomato: {} } },
    }),
  ],
])("16 Ki characters of %s are searched", (_what, withText) => {
  const found = (length: number): number => {
    const text = `${"x".repeat(length - 7)} tomato`;
    return names("tomato", [{ name: "water", execute, ...withText(text) }]).length;
  };
  expect([found(16 * 1024), found(16 * 1024 + 7)]).toEqual([1, 0]);
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
  for (const limit of [0, 1.5, Number.NaN]) {
    expect(() => searchTools("a", tools, limit)).toThrow(
      `The option "limit" must be a whole number of tools, 1 or more; got the number ${limit}.`,
    );
  }
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
