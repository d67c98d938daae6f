/** @type {import("../program.mjs").Idiom} */
export const places = {
  idiom: "habits of other places",
  programs: [
    {
      name: "require",
      source: 'const fs = require("fs");\ntext(fs.readFileSync("a.txt", "utf8"));',
      says: ["require is not defined", "no files"],
    },
    {
      name: "an import of Node's",
      source: 'import fs from "node:fs/promises";\ntext(await fs.readFile("a.txt"));',
      says: ["Unsupported import in exec: node:fs/promises", "cannot import packages or files"],
    },
    {
      name: "a package",
      source: 'const _ = await import("lodash");\ntext(_.chunk([1, 2], 1));',
      says: ["Unsupported import in exec: lodash", "cannot import packages or files"],
    },
    {
      name: "fetch",
      source: 'const page = await fetch("https://example.com");\ntext(page.status);',
      says: ["fetch is not defined", "no network"],
    },
    {
      name: "Buffer",
      source: 'text(Buffer.from("aGk=", "base64").toString());',
      says: ["Buffer is not defined", "Uint8Array"],
    },
    {
      name: "process",
      source: "text(process.env.HOME);",
      says: ["process is not defined", "nothing of Node"],
    },
    {
      name: "module.exports",
      source: "module.exports = async () => text(1);",
      says: ["module is not defined", "nothing of Node"],
    },
    {
      name: "document",
      source: "text(document.title);",
      says: ["document is not defined", "not in a page"],
    },
    {
      name: "Python",
      source: "result = await tools.add(a=1, b=2)\nprint(result)",
      says: ["not defined"],
    },
    {
      name: "Python, a function",
      source: 'def main():\n    return "a"',
      says: ["not Python"],
    },
    { name: "a shell", source: "ls -la", says: ["not a shell"] },
    { name: "JSON around the source", source: '{"code": "text(1)"}', says: ["source as JSON"] },
    { name: "nothing but a comment", source: "// Nothing to do.", says: ["handed nothing out"] },
    {
      name: "an enum",
      source: "enum Color { Red }\ntext(Color.Red);",
      says: ["enum", "write an object"],
    },
    {
      name: "types",
      source:
        "type Pair = [number, number];\nconst pair: Pair = [1, 2];\ntext(pair satisfies Pair);",
      gives: ["[1,2]"],
    },
    {
      name: "a promise that nothing settles",
      source: "await new Promise(() => {});",
      says: ["can never go on"],
    },
    {
      name: "exit",
      source: 'text("a");\nexit();\ntext("b");',
      gives: ["a"],
    },
    {
      name: "store for later programs",
      source: 'store("seen", [1, 2]);\ntext(load("seen"));',
      gives: ["[1,2]"],
    },
    {
      name: "for await over tools",
      source:
        "for await (const { value } of as_settled([1, 2].map((value) => tools.later({ value })))) text(value);",
      gives: ["1", "2"],
    },
    {
      name: "an image of a tool",
      source: "const shot = await tools.screenshot({});\nimage(shot.content[0]);",
      gives: ["[image]"],
    },
    {
      name: "a sleep in a loop",
      source:
        'for (let i = 0; i < 3; i += 1) {\n  await new Promise((done) => setTimeout(done, 1));\n}\ntext("rested");',
      gives: ["rested"],
    },
  ],
};
