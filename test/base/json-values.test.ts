import { describe, expect, test } from "vitest";
import { previewJson } from "../../src/base/json-preview.js";
import { JsonScan } from "../../src/base/json-scan.js";
import {
  countJsonValues,
  countValues,
  hasManyValues,
  isManyValues,
} from "../../src/base/json-values.js";
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

test("values are counted no further than past a limit", () => {
  const many = Array.from({ length: 100 }, () => 1);
  const object = Object.fromEntries(many.map((one, at) => [`k${at}`, one]));
  for (const value of [many, object, [many, many], { a: many, b: object }]) {
    const json = JSON.stringify(value);
    for (const limit of [5, 6, 7, 20]) {
      expect(countValues(value, limit)).toBeGreaterThan(limit);
      expect(countValues(value, limit)).toBeLessThan(limit + 3);
      expect(countJsonValues(json, limit)).toBe(limit + 1);
      expect(hasManyValues(json, limit)).toBe(true);
    }
  }
});

test("what is deeper than two thousand levels counts as one value", () => {
  const nested = (levels: number): unknown => {
    let value: unknown = [1, 2, 3];
    for (let level = 0; level < levels; level += 1) value = [value];
    return value;
  };
  expect(countValues(nested(2_000), 10_000)).toBe(2_004);
  expect(countValues(nested(2_001), 10_000)).toBe(2_002);
});

describe("of a text that is not parsed", () => {
  function scanOf(json: string, maxValues?: number): JsonScan {
    const scan = new JsonScan(maxValues);
    for (const byte of Buffer.from(json)) scan.push(Buffer.from([byte]));
    return scan;
  }

  test.each([
    ['{"id":7,"a":{"b":[1]}}', '{"id":7,"a":{}}', '{"id":7,"a":{"b":[]}}'],
    [
      '{"a":{"id":1,"b":"\\"}{"},"id":"x"}',
      '{"a":{},"id":"x"}',
      '{"a":{"id":1,"b":"\\"}{"},"id":"x"}',
    ],
    ["[[[[1]]]]", "[[]]", "[[[]]]"],
  ])("the outline of %s has its first levels", (json, one, two) => {
    const scan = scanOf(json);
    expect([scan.outline(1), scan.outline(2)]).toEqual([one, two]);
  });

  test("an outline that would be long is not kept", () => {
    const scan = scanOf(`{"a":{${'"b":0,'.repeat(20_000)}"c":1},"id":5}`);
    expect([scan.outline(1), scan.outline(2)]).toEqual(['{"a":{},"id":5}', undefined]);
  });

  test("the members of a list that fit a maximum of values end where it says", () => {
    const json = '{"result":{"tools":[{"a":1},{"b":2},{"c":3}]}}';
    const fitting = (maxValues: number): string =>
      json.slice(0, scanOf(json, maxValues).fittingBytes);
    expect(fitting(4)).toBe("");
    expect(fitting(9)).toBe('{"result":{"tools":[{"a":1}');
    expect(fitting(100)).toBe('{"result":{"tools":[{"a":1},{"b":2}');
  });

  test("it does not matter in which parts the bytes come, however long their strings are", () => {
    const long = [
      "x".repeat(100),
      `${"y".repeat(40)}\\"[,`,
      "z".repeat(33),
      `${"é".repeat(50)}\\\\`,
    ];
    const json = `{"a":{"b":[${long.map((text) => `"${text}",[{"${text}":"${text}"}]`).join()}]},"id":1}`;
    const whole = new JsonScan(12);
    whole.push(Buffer.from(json));
    const parts = scanOf(json, 12);
    for (const scan of [whole, parts]) {
      expect([scan.values, scan.outline(2), scan.bytes]).toEqual([
        parts.values,
        '{"a":{"b":[]},"id":1}',
        Buffer.byteLength(json),
      ]);
      expect(scan.fittingBytes).toBe(parts.fittingBytes);
    }
    expect(Math.abs(parts.values - countJsonValues(json, 1_000))).toBeLessThanOrEqual(1);
  });

  test("a stray quote on another line hides nothing", () => {
    const values = scanOf("event: \ndata: [1,2,3]").values;
    expect(scanOf('event: "\ndata: [1,2,3]').values).toBe(values);
    expect(scanOf('event: "\rdata: [1,2,3]').values).toBe(values);
  });

  test("a list's members end where its own do, with as many values as may be", () => {
    const json = '{"a":{"b":[[1,2],{"c":3},4]}}';
    const scan = scanOf(json);
    expect(json.slice(0, scan.fittingBytes)).toBe('{"a":{"b":[[1,2],{"c":3}');
    expect(json.slice(0, scanOf(json, 7).fittingBytes)).toBe("");
    expect(json.slice(0, scanOf(json, 8).fittingBytes)).toBe('{"a":{"b":[[1,2]');
  });

  test("an outline of 64 KiB is kept, and none of more", () => {
    const text = (length: number): string => `"${"x".repeat(length - 2)}"`;
    expect(scanOf(text(65_536)).outline(1)).toHaveLength(65_536);
    expect(scanOf(text(65_537)).outline(1)).toBeUndefined();
  });

  test.each(['{"a":{"b":[1,', '{"a":"text \\', '["'])(
    "after %j another text may begin anew",
    (before) => {
      const next = '{"id":1,"a":{"b":[1,2]}}';
      const scan = scanOf(before);
      scan.reset();
      scan.push(Buffer.from(next));
      const fresh = scanOf(next);
      const factsOf = (one: JsonScan): readonly unknown[] => [
        one.bytes,
        one.values,
        one.fittingBytes,
        one.outline(1),
        one.outline(2),
      ];
      expect(factsOf(scan)).toEqual(factsOf(fresh));
    },
  );
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
