import { describe, expect, test } from "vitest";
import { removeCodeFences } from "../../src/model/code-fences.js";
import { globalHint, memberHint } from "../../src/model/tool-hint.js";
import { syntaxErrorText } from "../../src/model/typescript/syntax-problem.js";
import { toToolNames } from "../../src/tools/tool-names.js";

const tools = [
  toToolNames("price", undefined),
  toToolNames("read", "mcp/files"),
  toToolNames("list", "mcp/files"),
  toToolNames("list", "mcp/mail"),
  toToolNames("github_star", undefined),
];
const underTools = (name: string): string =>
  `Tools are called under tools: await tools.${name}({…}).`;

describe("where a global does not exist, the hint names", () => {
  test.each<[string, string, string | undefined]>([
    ["the tool of that name", "price", underTools("price")],
    ["the only tool with that name in its namespace", "read", underTools("mcp__files__read")],
    ["no tool where two have it", "list", undefined],
    ["a tool of that namespace", "mail", underTools("mcp__mail__list")],
    ["a tool whose name begins so", "github", underTools("github_star")],
    ["no tool whose name only begins with the same letters", "git", undefined],
    ["the first tool for other names of `tools`", "utcp", underTools("price")],
    ["the first tool for what calls tools", "call_mcp_tool", underTools("price")],
    [
      "the helpers for what finds tools",
      "list_tools",
      "search_tools and describe_tool are globals",
    ],
    ["nothing for what finds something else", "search", undefined],
    ["nothing for other names", "foo", undefined],
  ])("%s: %s", (_what, name, hint) => {
    if (hint === undefined) expect(globalHint(name, tools)).toBeUndefined();
    else expect(globalHint(name, tools)?.slice(0, hint.length)).toBe(hint);
  });

  test("how tools are called where there are none", () => {
    expect(globalHint("codemode", [])).toContain("await tools.name({…}).");
  });
});

test.each([
  ["search", true],
  ["findTools", true],
  ["list_all_functions", true],
  ["GET", true],
  ["searching", false],
  ["research", false],
])("of the member %s of tools it is %j that it was to find some", (member, isFinder) => {
  expect(memberHint(member)?.includes("search_tools")).toBe(isFinder ? true : undefined);
});

describe("code fences around a source are taken away:", () => {
  test.each<[string, string, string, number]>([
    ["with a language", "```js\na\n```", "a", 1],
    ["with blank lines around them", "\n \n~~~ts+x\na\n~~~\n \n", "a", 3],
    ["that are never closed", "```\na\nb", "a\nb", 1],
    ["that are not closed by others", "```\na\n````", "a\n````", 1],
    ["behind a pragma", "// @x\n```\na\n```", "// @x\n\na", 0],
    ["with an empty line for one behind a pragma", "\n// @x\n\n```\na\n```", "// @x\n\n\na", 1],
    ["and none within", "a\n```\nb\n```", "a\n```\nb\n```", 0],
    ["and none with more in its line", "```js a\nb\n```", "```js a\nb\n```", 0],
    ["and none in a long line", `\`\`\`${"j".repeat(198)}\na`, `\`\`\`${"j".repeat(198)}\na`, 0],
    ["and no line alone is open and closed", "```", "", 1],
    ["and two are too few", "``\na\n``", "``\na\n``", 0],
    ["and nothing of nothing", " \n", " \n", 0],
  ])("%s", (_what, input, source, linesBefore) => {
    expect(removeCodeFences(input)).toEqual({ source, linesBefore });
  });
});

describe("a syntax error shows", () => {
  const problem = { message: "odd", line: 2, column: 4, sourceLine: "\ta x" };

  test("its line, with a caret below its place", () => {
    expect(syntaxErrorText(problem)).toBe(
      "SyntaxError: odd\n    at exec_main.mjs:2:4\n\n  \ta x\n  \t  ^",
    );
  });

  test("no line of more than 160 characters", () => {
    const of = (length: number): string =>
      syntaxErrorText({ ...problem, sourceLine: "x".repeat(length) });
    expect(of(160)).toContain("\n  xxx");
    expect(of(161)).toBe("SyntaxError: odd\n    at exec_main.mjs:2:4");
  });
});
