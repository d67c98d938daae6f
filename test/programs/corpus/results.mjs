/** @type {import("../program.mjs").Idiom} */
export const results = {
  idiom: "results of MCP tools",
  programs: [
    {
      name: "the value itself",
      source:
        "const issues = await tools.mcp__github__list_issues({});\ntext(issues.map((issue) => issue.number));",
      gives: ["[1,2,3]"],
    },
    {
      name: "a text",
      source: 'text(await tools.mcp__github__read_file({ path: "README.md" }));',
      gives: ["# Readme of README.md"],
    },
    {
      name: "the text of its content, parsed",
      source:
        "const result = await tools.mcp__github__list_issues({});\nconst issues = JSON.parse(result.content[0].text);\ntext(issues.length);",
      gives: ["3"],
    },
    {
      name: "the text of its content",
      source:
        "const result = await tools.mcp__github__get_issue({ number: 1 });\ntext(result.content[0].text);",
      gives: ['{"number":1,"title":"Crash on start","state":"open"}'],
    },
    {
      name: "its structured content",
      source:
        "const result = await tools.mcp__github__get_issue({ number: 2 });\ntext(result.structuredContent.title);",
      gives: ["Slow search"],
    },
    {
      name: "structured content, or the value",
      source:
        "const result = await tools.mcp__github__get_issue({ number: 3 });\nconst issue = result.structuredContent ?? result;\ntext(issue.title);",
      gives: ["Typo"],
    },
    {
      name: "whether it is an error",
      source:
        "const result = await tools.mcp__github__list_issues({});\nif (result.isError) throw new Error(result.content[0].text);\ntext(result.length);",
      gives: ["3"],
    },
    {
      name: "every text of its content",
      source:
        'const result = await tools.mcp__github__get_issue({ number: 1 });\nfor (const block of result.content) {\n  if (block.type === "text") text(JSON.parse(block.text).state);\n}',
      gives: ["open"],
    },
    {
      name: "content(result.content)",
      source: "content((await tools.mcp__github__get_issue({ number: 3 })).content);",
      gives: ['{"number":3,"title":"Typo","state":"closed"}'],
    },
    {
      name: "the members of MCP results are no part of the value",
      source:
        "const issue = await tools.mcp__github__get_issue({ number: 3 });\ntext(issue);\ntext({ ...issue });\ntext(Object.keys(issue));",
      gives: [
        '{"number":3,"title":"Typo","state":"closed"}',
        '{"number":3,"title":"Typo","state":"closed"}',
        '["number","title","state"]',
      ],
    },
    {
      name: "the text of a text's content",
      source:
        'const result = await tools.mcp__github__read_file({ path: "a.md" });\ntext(result.content[0].text);',
      says: ["Cannot read properties of undefined", "The result of a tool is its value"],
    },
    {
      name: "structured content of a text",
      source:
        'const result = await tools.mcp__github__read_file({ path: "a.md" });\ntext(result.structuredContent.lines);',
      says: ["Cannot read properties of undefined", "The result of a tool is its value"],
    },
    {
      name: "parsed once more",
      source:
        "const issue = JSON.parse(await tools.mcp__github__get_issue({ number: 1 }));\ntext(issue.title);",
      says: ["parsed already"],
    },
    {
      name: "a list parsed once more",
      source:
        "const issues = JSON.parse(await tools.mcp__github__list_issues({}));\ntext(issues.length);",
      says: ["parsed already"],
    },
    {
      name: "a text that is no JSON, parsed",
      source: 'text(JSON.parse(await tools.mcp__github__read_file({ path: "a.md" })));',
      says: ["is not valid JSON", "parsed already"],
    },
    {
      name: "an error of the server",
      source: 'text(await tools.mcp__github__broken_search({ query: "a" }));',
      says: ["ToolError", "rate limit"],
    },
    {
      name: "an error of the server, caught",
      source:
        'try {\n  await tools.mcp__github__broken_search({ query: "a" });\n} catch (error) {\n  text(error.name, error.message);\n}',
      gives: ["ToolError rate limit"],
    },
    {
      name: "one that failed among many",
      source:
        "const all = await Promise.allSettled([tools.add({ a: 1, b: 1 }), tools.fail({})]);\ntext(all.map(({ status }) => status));",
      gives: ['["fulfilled","rejected"]'],
    },
  ],
};
