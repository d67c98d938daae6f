import { expect, test } from "vitest";
import type { CodeModeOptions } from "../../src/index.js";
import { runToTexts } from "../support/cells.js";

const values: Readonly<Record<string, unknown>> = {
  list: [{ a: 1 }, { a: 2 }],
  item: { a: 1, b: "two" },
  own: { content: "of the file", size: 3 },
  text: "plain",
};

const options: CodeModeOptions = {
  dialect: "lenient",
  tools: {
    ...Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        { resultType: "mcp", execute: () => value },
      ]),
    ),
    other: { execute: () => ({ a: 1 }) },
  },
};

const shown = (source: string, given = options): Promise<readonly string[]> =>
  runToTexts(source, given);

test("an object and a list have the members of the result they were made of", async () => {
  const source = `
    for (const result of [await tools.item(), await tools.list()]) {
      text(result.content);
      text(result.structuredContent === result && result.isError === false);
    }`;
  expect(await shown(source)).toEqual([
    '[{"type":"text","text":"{\\"a\\":1,\\"b\\":\\"two\\"}"}]',
    "true",
    '[{"type":"text","text":"[{\\"a\\":1},{\\"a\\":2}]"}]',
    "true",
  ]);
});

test("nothing that copies, lists or shows a value has them", async () => {
  const source = `
    const item = await tools.item();
    text(item);
    text([Object.keys(item), Object.entries({ ...item }).length, JSON.stringify(item)]);
    const names = [];
    for (const name in item) names.push(name);
    text([names, Object.assign({}, item)]);
    const list = await tools.list();
    text([list.length, Object.keys(list), [...list].content ?? null, list.map(({ a }) => a)]);
    store("item", item);
    text(load("item"));`;
  expect(await shown(source)).toEqual([
    '{"a":1,"b":"two"}',
    String.raw`[["a","b"],2,"{\"a\":1,\"b\":\"two\"}"]`,
    '[["a","b"],{"a":1,"b":"two"}]',
    '[2,["0","1"],null,[1,2]]',
    '{"a":1,"b":"two"}',
  ]);
});

test("a value's own members stay, and what a program assigns is a member like any other", async () => {
  const source = `
    const own = await tools.own();
    text([own.content, own.structuredContent.size]);
    const item = await tools.item();
    item.content = "mine";
    Object.assign(item, { isError: 1 });
    text(item);
    delete item.content;
    text("content" in item);`;
  expect(await shown(source)).toEqual([
    '["of the file",3]',
    '{"a":1,"b":"two","content":"mine","isError":1}',
    "false",
  ]);
});

test("a text, another tool's value, and values of strict cells do not have them", async () => {
  const source = `
    text([(await tools.text()).content ?? null, "content" in (await tools.other())]);`;
  expect(await shown(source)).toEqual(["[null,false]"]);
  const strict =
    'const item = await tools.item(); text(["content" in item, item.isError ?? null]);';
  expect(await shown(strict, { ...options, dialect: "strict" })).toEqual(["[false,null]"]);
});
