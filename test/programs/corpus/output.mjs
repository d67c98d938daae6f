/** @type {import("../program.mjs").Idiom} */
export const output = {
  idiom: "console and text",
  programs: [
    { name: "console.log", source: 'console.log("hello");', gives: ["hello"] },
    {
      name: "console.log with several values",
      source:
        'const user = await tools.find_user({ name: "ada" });\nconsole.log("user:", user, 1);',
      gives: ['user: {"name":"ada","email":"ada@example.com"} 1'],
    },
    {
      name: "console.log between texts",
      source: 'text("a");\nconsole.log("b");\ntext("c");',
      gives: ["a", "b", "c"],
    },
    {
      name: "console.error in a catch",
      source:
        'try {\n  await tools.fail({});\n} catch (error) {\n  console.error("failed:", error.message);\n}',
      gives: ["failed: the disk is full"],
    },
    {
      name: "console.info, warn and debug",
      source: 'console.info("i");\nconsole.warn("w");\nconsole.debug("d");',
      gives: ["i", "w", "d"],
    },
    {
      name: "console.table and console.dir",
      source: "console.table([{ a: 1 }]);\nconsole.dir({ b: [2] });",
      gives: ['[{"a":1}]', '{"b":[2]}'],
    },
    {
      name: "console.log of JSON",
      source: "console.log(JSON.stringify({ a: [1, 2] }, null, 2));",
      gives: ['{\n  "a": [\n    1,\n    2\n  ]\n}'],
    },
    { name: "forEach(console.log)", source: '["a"].forEach((v) => console.log(v));', gives: ["a"] },
    {
      name: "text with a label",
      source: 'text("sum:", await tools.add({ a: 1, b: 2 }));',
      gives: ["sum: 3"],
    },
    {
      name: "text with a label and an object",
      source: 'text("user", await tools.find_user({ name: "ada" }), "!");',
      gives: ['user {"name":"ada","email":"ada@example.com"} !'],
    },
    { name: "forEach(text)", source: '["a", "b"].forEach(text);', gives: ["a", "b"] },
    { name: "map(text) of numbers", source: "[4, 5].map(text);", gives: ["4", "5"] },
    {
      name: "forEach(text) of a Set and a Map",
      source: 'new Set(["a"]).forEach(text);\nnew Map([[1, "b"]]).forEach(text);',
      gives: ["a", "b"],
    },
    { name: "text as JSON.stringify", source: "text({ a: 1 }, null, 2);", gives: ['{"a":1}'] },
    {
      name: "text of null and of nothing",
      source: "text(null);\ntext(undefined);\ntext();",
      gives: ["null", "undefined", "undefined"],
    },
    {
      name: "print",
      source: 'print("hello");',
      says: ["print is not defined", "text(value)"],
    },
    {
      name: "a tag in front of a template",
      source: `
const two = 1 + 1;
text\`sum \${two}\`;`,
      gives: ['["sum ",""] 2'],
    },
    {
      name: "console.log in a function that is not awaited",
      source:
        "async function main() {\n  console.log(await tools.later({ value: 9 }));\n}\nmain();",
      gives: ["9"],
    },
  ],
};
