/** @type {import("../program.mjs").Idiom} */
export const openWork = {
  idiom: "work that is not awaited",
  programs: [
    {
      name: "main() without await",
      source:
        "async function main() {\n  const sum = await tools.later({ value: 1 });\n  text(sum);\n}\nmain();",
      gives: ["1"],
    },
    {
      name: "an async function that calls itself",
      source: "(async () => {\n  text(await tools.later({ value: 2 }));\n})();",
      gives: ["2"],
    },
    {
      name: "an async function that calls itself, with catch",
      source:
        "(async function () {\n  text(await tools.later({ value: 3 }));\n})().catch((error) => text(String(error)));",
      gives: ["3"],
    },
    { name: ".then(text)", source: "tools.later({ value: 4 }).then(text);", gives: ["4"] },
    {
      name: ".then with a chain behind it",
      source:
        "tools\n  .later({ value: 5 })\n  .then((value) => tools.add({ a: value, b: 1 }))\n  .then((sum) => text(sum));",
      gives: ["6"],
    },
    {
      name: "forEach with an async function",
      source: "[1, 2, 3].forEach(async (value) => {\n  text(await tools.later({ value }));\n});",
      gives: ["1", "2", "3"],
    },
    {
      name: "main() that waits between its calls",
      source:
        "const sleep = (ms) => new Promise((done) => setTimeout(done, ms));\nconst main = async () => {\n  await sleep(1);\n  const one = await tools.later({ value: 1 });\n  await sleep(1);\n  text(one);\n};\nmain();",
      gives: ["1"],
    },
    {
      name: "a timer that hands out",
      source: 'setTimeout(() => text("late"), 1);',
      gives: ["late"],
    },
    {
      name: "main() that fails",
      source: "async function main() {\n  text(await tools.fail({}));\n}\nmain();",
      says: ["a promise was rejected and nothing handled it", "the disk is full"],
    },
    {
      name: "beside a result: what was dropped is told",
      source: 'tools.never({});\ntext("ready");',
      says: ["ready", "a tool call (never) was still open when the script ended"],
    },
    {
      name: "a race ends when the first has come",
      source:
        "const first = await Promise.race([tools.never({}), tools.later({ value: 7 })]);\ntext(first);",
      gives: ["7"],
    },
    {
      name: "a promise handed out",
      source: "text(tools.later({ value: 8 }));",
      says: ["a promise that was not awaited"],
    },
    {
      name: "promises in what is handed out",
      source: "text([1, 2].map((value) => tools.later({ value })));",
      says: ["a promise that was not awaited"],
    },
    {
      name: "a promise as a tool's input",
      source: "text(await tools.add({ a: tools.later({ value: 1 }), b: 1 }));",
      says: ["await it first"],
    },
  ],
};
