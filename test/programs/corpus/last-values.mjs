/** @type {import("../program.mjs").Idiom} */
export const lastValues = {
  idiom: "the value of a last expression",
  programs: [
    { name: "arithmetic", source: "17 * 23", gives: ["391"] },
    { name: "a call", source: "await tools.add({ a: 1, b: 2 });", gives: ["3"] },
    {
      name: "a name, below statements",
      source: "const sum = await tools.add({ a: 1, b: 2 });\nsum",
      gives: ["3"],
    },
    {
      name: "an object in parentheses",
      source: "const a = await tools.add({ a: 1, b: 0 });\n({ a })",
      gives: ['{"a":1}'],
    },
    {
      name: "a chain over several lines",
      source: `
const issues = await tools.mcp__github__list_issues({});
issues
  .filter((issue) => issue.state === "open")
  .map((issue) => issue.title)
  .join(", ");`,
      gives: ["Crash on start, Slow search"],
    },
    {
      name: "a template, with a comment behind it",
      source: `const name = "ada"; // who

// Greets.
\`hello \${name}\`; // done`,
      gives: ["hello ada"],
    },
    {
      name: "a call whose function takes several lines",
      source: "const numbers = [3, 1, 2];\nnumbers.sort((a, b) => {\n  return a - b;\n});",
      gives: ["[1,2,3]"],
    },
    {
      name: "Promise.all",
      source: "await Promise.all(\n  [1, 2].map((value) => tools.later({ value })),\n);",
      gives: ["[1,2]"],
    },
    {
      name: "JSON.stringify",
      source: 'const user = await tools.find_user({ name: "ada" });\nJSON.stringify(user);',
      gives: ['{"name":"ada","email":"ada@example.com"}'],
    },
    {
      name: "in TypeScript",
      source: "const sum: number = await tools.add({ a: 2, b: 2 });\nsum as number",
      gives: ["4"],
    },
    {
      name: "not where something was handed out",
      source: 'text("a");\n1 + 1;',
      gives: ["a"],
    },
    {
      name: "behind a statement in one line",
      source: "const sum = await tools.add({ a: 1, b: 2 }); sum",
      says: ["handed nothing out"],
      gives: ["3"],
    },
    {
      name: "no expression: a declaration",
      source: "const sum = await tools.add({ a: 1, b: 2 });",
      says: ["handed nothing out"],
    },
    {
      name: "no expression: a loop",
      source: "let total = 0;\nfor (const n of [1, 2]) {\n  total += n;\n}",
      says: ["handed nothing out"],
    },
    {
      name: "a conditional statement is no expression",
      source: "const wanted = false;\nif (wanted)\n  await tools.add({ a: 1, b: 1 });",
      says: ["handed nothing out"],
    },
    {
      name: "the place of an error in it is the program's own",
      source: 'const user = await tools.find_user({ name: "nobody" });\n\nuser.email;',
      says: ["exec_main.mjs:3:6"],
    },
  ],
};
