/** @type {import("../program.mjs").Idiom} */
export const functions = {
  idiom: "one function, not called",
  programs: [
    {
      name: "an async arrow that returns",
      source: "async () => {\n  const sum = await tools.add({ a: 1, b: 2 });\n  return { sum };\n}",
      gives: ['{"sum":3}'],
    },
    {
      name: "an async arrow that hands out",
      source: "async () => {\n  text(await tools.add({ a: 1, b: 2 }));\n};",
      gives: ["3"],
    },
    {
      name: "an arrow with an expression",
      source: "async () => tools.add({ a: 3, b: 3 })",
      gives: ["6"],
    },
    {
      name: "in parentheses",
      source: "(async () => {\n  return await tools.add({ a: 3, b: 4 });\n})",
      gives: ["7"],
    },
    {
      name: "the default export, an arrow",
      source: "export default async () => {\n  return await tools.add({ a: 4, b: 4 });\n};",
      gives: ["8"],
    },
    {
      name: "the default export, a function with a name",
      source: "export default async function main() {\n  text(await tools.add({ a: 4, b: 5 }));\n}",
      gives: ["9"],
    },
    {
      name: "an export called run",
      source:
        'export async function run() {\n  return (await tools.find_user({ name: "ada" })).email;\n}',
      gives: ["ada@example.com"],
    },
    {
      name: "a declaration called main",
      source:
        'async function main() {\n  const user = await tools.find_user({ name: "grace" });\n  return user.email;\n}',
      gives: ["grace@example.com"],
    },
    {
      name: "a constant called run, below a helper",
      source: `
const double = (n) => n * 2;

const run = async () => {
  text(double(await tools.add({ a: 5, b: 5 })));
};`,
      gives: ["20"],
    },
    {
      name: "main above its helper",
      source: `
/** Adds up. */
async function main() {
  return total([1, 2, await tools.add({ a: 1, b: 2 })]);
}

function total(numbers) {
  return numbers.reduce((sum, n) => sum + n, 0);
}`,
      gives: ["6"],
    },
    {
      name: "that takes the globals apart",
      source: "async ({ tools, text }) => {\n  text(await tools.add({ a: 6, b: 6 }));\n}",
      gives: ["12"],
    },
    {
      name: "that takes the tools",
      source: "export default async function (tools) {\n  return tools.add({ a: 6, b: 7 });\n}",
      gives: ["13"],
    },
    {
      name: "in TypeScript",
      source:
        "async (): Promise<number> => {\n  const n: number = await tools.add({ a: 7, b: 7 });\n  return n;\n}",
      gives: ["14"],
    },
    {
      name: "with a comment above it",
      source:
        '// Counts the open issues.\nasync () => {\n  return (await tools.mcp__github__list_issues({ state: "open" })).length;\n}',
      gives: ["2"],
    },
    {
      name: "that expects what nobody gives",
      source: "async function run(input) {\n  return input.city;\n}",
      says: ["expects arguments", "call it"],
    },
    {
      name: "that throws",
      source: "async () => {\n  const user = null;\n  return user.name;\n}",
      says: ["Cannot read properties of null", "exec_main.mjs:3:15"],
    },
    {
      name: "the default export, a value",
      source: "const sum = await tools.add({ a: 8, b: 8 });\nexport default { sum };",
      gives: ['{"sum":16}'],
    },
  ],
};
