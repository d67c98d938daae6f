/** @type {import("../program.mjs").Idiom} */
export const namesOfTools = {
  idiom: "names of tools",
  programs: [
    {
      name: "the full name",
      source: "text((await tools.mcp__github__list_issues({})).length);",
      gives: ["3"],
    },
    {
      name: "the server as an object",
      source: "const issues = await tools.github.list_issues({});\ntext(issues.length);",
      gives: ["3"],
    },
    {
      name: "the whole namespace as objects",
      source: 'text((await tools.mcp.github.list_issues({ state: "open" })).length);',
      gives: ["2"],
    },
    {
      name: "the prefix as an object",
      source: 'text((await tools.mcp__github.list_issues({ state: "closed" })).length);',
      gives: ["1"],
    },
    {
      name: "a prefix with one underscore as an object",
      source: 'text(await tools.notes.append({ line: "a" }));',
      gives: ["1 line"],
    },
    {
      name: "taken out of the namespace",
      source: "const { list_issues } = tools.github;\ntext((await list_issues({})).length);",
      gives: ["3"],
    },
    {
      name: "by a computed name",
      source: 'text(await tools["add"]({ a: 1, b: 1 }));',
      gives: ["2"],
    },
    {
      name: "what a namespace has",
      source: 'text(Object.keys(tools.github).join(" "));',
      gives: ["list_issues get_issue read_file broken_search"],
    },
    {
      name: "imported",
      source: 'import { add } from "tools.js";\ntext(await add({ a: 2, b: 1 }));',
      gives: ["3"],
    },
    {
      name: "imported from the namespace",
      source:
        'import { list_issues } from "tools/mcp/github.js";\ntext((await list_issues({})).length);',
      gives: ["3"],
    },
    {
      name: "imported helpers",
      source: 'import { text as out } from "codecell";\nout("a");',
      gives: ["a"],
    },
    {
      name: "tools imported by their name",
      source: 'import { tools } from "tools.js";\ntext(await tools.add({ a: 1, b: 1 }));',
      says: ["does not provide an export named 'tools'", "leave the import out"],
    },
    {
      name: "in other letters",
      source: "text(await tools.github.listIssues({}));",
      says: [
        "tools.github.listIssues is not a tool of this cell",
        "tools.mcp__github__list_issues",
      ],
    },
    {
      name: "without the namespace",
      source: "text(await tools.list_issues({}));",
      says: ["tools.list_issues is not a tool of this cell", "tools.mcp__github__list_issues"],
    },
    {
      name: "that does not exist, with a word of one that does",
      source: 'text(await tools.searchIssues({ query: "a" }));',
      says: ["tools.mcp__github__list_issues"],
    },
    {
      name: "in a namespace that does not exist",
      source: "text(await tools.gitlab.list_issues({}));",
      says: [
        "tools.gitlab.list_issues is not a tool of this cell",
        "tools.mcp__github__list_issues",
      ],
    },
    {
      name: "the namespace as a global",
      source: "const issues = await github.list_issues({});\ntext(issues);",
      says: ["github is not defined", "await tools.mcp__github__list_issues({…})"],
    },
    {
      name: "a tool as a global",
      source: "text(await add({ a: 1, b: 1 }));",
      says: ["add is not defined", "await tools.add({…})"],
    },
    {
      name: "a tool's own name as a global",
      source: "text(await list_issues({}));",
      says: ["list_issues is not defined", "await tools.mcp__github__list_issues({…})"],
    },
    {
      name: "codemode",
      source: "const sum = await codemode.add({ a: 1, b: 1 });\nreturn sum;",
      says: ["codemode is not defined", "under tools"],
    },
    {
      name: "callTool",
      source: 'const result = await callTool("add", { a: 1, b: 1 });\ntext(result);',
      says: ["callTool is not defined", "under tools"],
    },
    {
      name: "tools.search",
      source: 'text(await tools.search("issues"));',
      says: ["tools.search is not a tool of this cell", "text(await search_tools("],
    },
    {
      name: "searchTools",
      source: 'text(await searchTools("issues"));',
      says: ["searchTools is not defined", "text(await search_tools("],
    },
    {
      name: "tools.list",
      source: "text(await tools.list());",
      says: ["tools.list is not a tool of this cell", "ALL_TOOLS lists all tools"],
    },
    {
      name: "search_tools",
      source: 'text((await search_tools("issues", 1)).map(({ name }) => name));',
      gives: ['["mcp__github__list_issues"]'],
    },
    {
      name: "ALL_TOOLS",
      source: 'text(ALL_TOOLS.filter(({ name }) => name.includes("issue")).length);',
      gives: ["2"],
    },
    {
      name: "a wrong input",
      source: 'text(await tools.add({ a: "one", b: 2 }));',
      says: ["add", "number"],
    },
    {
      name: "whether there is one",
      source: 'text(typeof tools.nothing, typeof tools.github, "add" in tools);',
      gives: ["undefined undefined true"],
    },
  ],
};
