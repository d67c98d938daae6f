import { describe, expect, test } from "vitest";
import { previewJson } from "../../src/base/json-preview.js";
import { JsonScan, messageId } from "../../src/base/json-scan.js";
import { hasManyValues, isManyValues } from "../../src/base/json-values.js";
import { countLines, sourceLineAt } from "../../src/base/lines.js";

describe("values of JSON are counted, keys included", () => {
  test.each([
    ["[]", 1],
    ["[1,2]", 3],
    ['{"a":1}', 3],
    ['{"a":[1,{"b":null}]}', 7],
    ['["a,b:[{\\"",2]', 3],
    ['"日,é"', 1],
  ])("%s", (json, values) => {
    // What stands before a text is long enough for every limit.
    const padded = " ".repeat(20) + json;
    expect(hasManyValues(padded, values)).toBe(false);
    expect(hasManyValues(padded, values - 1)).toBe(true);
    expect(isManyValues(JSON.parse(json), values)).toBe(false);
    expect(isManyValues(JSON.parse(json), values - 1)).toBe(true);
    const scan = new JsonScan();
    for (const byte of Buffer.from(json)) scan.push(Buffer.from([byte]));
    // Bytes are counted without the outermost value, and with one for what is empty.
    expect(Math.abs(scan.values - values)).toBeLessThanOrEqual(1);
  });

  test("a value that holds itself is looked at no deeper than JSON goes", () => {
    const itself: unknown[] = [];
    itself.push(itself);
    expect(isManyValues(itself, 1_000_000)).toBe(false);
  });
});

test.each([
  ['{"jsonrpc":"2.0","id":7,"result":{}}', 7],
  ['{"result":{"id":1,"a":"\\"id\\":2"},"id":"x"}', "x"],
  ['{"jsonrpc":"2.0","method":"a"}', undefined],
])("the id of %s is found without parsing it", (json, id) => {
  expect(messageId(json)).toBe(id);
});

test.each([
  [{ a: [1, "x"], b: undefined }, '{"a":[1,"x"]}'],
  [new Date(0), '"1970-01-01T00:00:00…'],
  [undefined, undefined],
  ["x".repeat(100), `"${"x".repeat(19)}…`],
  [Array.from({ length: 100 }, () => []), "[[],[],[],[],[],[],[…"],
])("a preview begins as JSON does", (value, preview) => {
  expect(previewJson(value, 20)).toBe(preview);
});

test("lines are found without cutting a text apart", () => {
  expect(["", "a", "a\n", "a\nb", "\n\n"].map(countLines)).toEqual([0, 1, 1, 2, 2]);
  const source = "a\r\nb\u2028c\n";
  expect([1, 2, 3, 4, 5].map((line) => sourceLineAt(source, line))).toEqual([
    "a",
    "b",
    "c",
    "",
    "",
  ]);
});
