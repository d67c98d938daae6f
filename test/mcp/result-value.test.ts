import { describe, expect, test } from "vitest";
import { mcpResourceValue } from "../../src/mcp/client/resource-value.js";
import { mcpResultValue } from "../../src/mcp.js";

const text = (value: string) => ({ type: "text", text: value });
const image = { type: "image", data: "AAAA", mimeType: "image/png" };

/** What has no text to show, though some of it looks like it. */
const oddBlocks: readonly unknown[] = [
  null,
  "a",
  [],
  ["text"],
  {},
  { text: "a" },
  { type: "hologram", text: "a" },
  { type: "text" },
  { type: "text", text: 1 },
  { type: "text", text: null },
];

describe("an MCP result reaches the cell as", () => {
  test.each<readonly unknown[]>([
    ["its text", { content: [text("plain")] }, "plain"],
    ["the object its text holds", { content: [text(' {"a": 1}\n')] }, { a: 1 }],
    ["the array its text holds", { content: [text("[1, 2]")] }, [1, 2]],
    ["text where the text is a number", { content: [text("42")] }, "42"],
    ["text where the text is a literal", { content: [text("true")] }, "true"],
    ["text where the text only begins like JSON", { content: [text("{a}")] }, "{a}"],
    [
      "its structured content where the text is the same JSON",
      { content: [text('{ "a": 1 }')], structuredContent: { a: 1 } },
      { a: 1 },
    ],
    [
      "both where the text says something else",
      { content: [text("42 rows changed")], structuredContent: { ms: 0 } },
      { content: [text("42 rows changed")], structuredContent: { ms: 0 } },
    ],
    [
      "its structured content where that wraps the text",
      { content: [text("plain")], structuredContent: { result: "plain" } },
      { result: "plain" },
    ],
    [
      "its structured content where that wraps what the text says as JSON",
      { content: [text("4.0")], structuredContent: { result: 4 } },
      { result: 4 },
    ],
    [
      "its structured content where there is a text for each of its elements",
      { content: [text("a"), text('{"b": 1}')], structuredContent: { result: ["a", { b: 1 }] } },
      { result: ["a", { b: 1 }] },
    ],
    ...[
      { structuredContent: { result: ["a", "b"] }, texts: ["a"] },
      { structuredContent: { result: ["a"] }, texts: ["a", "b"] },
      { structuredContent: { result: ["a", "b"] }, texts: ["a", "c"] },
      { structuredContent: { result: ["a", "b"] }, texts: ["b", "a"] },
      { structuredContent: { result: "a", more: 1 }, texts: ["a"] },
      { structuredContent: { result: "a" }, texts: ["a", "a"] },
      { structuredContent: {}, texts: ["undefined"] },
      { structuredContent: {}, texts: [""] },
      { structuredContent: [], texts: [""] },
      { structuredContent: ["a"], texts: [""] },
      { structuredContent: { content: [] }, texts: ["a"] },
    ].map(({ structuredContent, texts }) => [
      `both where ${JSON.stringify(structuredContent)} is beside the texts ${JSON.stringify(texts)}`,
      { content: texts.map(text), structuredContent },
      { content: texts.map(text), structuredContent },
    ]),
    [
      "its structured content where its elements are the texts",
      { content: [text("a"), text("b")], structuredContent: ["a", "b"] },
      ["a", "b"],
    ],
    [
      "its structured content where that is a text and its only one",
      { content: [text("{a}")], structuredContent: "{a}" },
      "{a}",
    ],
    [
      "both where a text and media are beside what repeats the text",
      { content: [text("a"), image], structuredContent: { result: "a" } },
      { content: [text("a"), image], structuredContent: { result: "a" } },
    ],
    [
      "both where there are media for an empty element",
      { content: [text("a"), image], structuredContent: ["a", ""] },
      { content: [text("a"), image], structuredContent: ["a", ""] },
    ],
    ["an array, structured", { content: [text("[1]")], structuredContent: [1] }, [1]],
    ["structured content that is null", { content: [], structuredContent: null }, null],
    [
      "both where media are not in the structured content",
      { content: [image], structuredContent: { width: 1 } },
      { content: [image], structuredContent: { width: 1 } },
    ],
    [
      "its structured content where that repeats the media",
      { content: [image], structuredContent: { content: [image] } },
      { content: [image] },
    ],
    [
      "its blocks where they are mixed",
      { content: [text("a"), image] },
      { content: [text("a"), image] },
    ],
    [
      "its blocks where there are two texts",
      { content: [text("a"), text("b")] },
      { content: [text("a"), text("b")] },
    ],
    ["no blocks where there are none", { content: [] }, { content: [] }],
    ["no blocks where the content is no list", { content: "a" }, { content: [] }],
    ["the protocol's first form", { toolResult: [1] }, [1]],
    ["the protocol's first form where that is null", { toolResult: null }, null],
    ["itself where it is a text", "plain", "plain"],
    ["itself where it is a list", [text("plain")], [text("plain")]],
    ["itself where it is null", null, null],
    ["its text where the text only holds JSON", { content: [text("a {}")] }, "a {}"],
    ["its text where that is a quoted one", { content: [text('"{}"')] }, '"{}"'],
    ["its text where that is empty", { content: [text("")] }, ""],
    ["the array its text holds after lines", { content: [text("\n\t[]")] }, []],
    ...oddBlocks.map((block) => [
      `the block ${JSON.stringify(block)}, which has no text`,
      { content: [block] },
      { content: [block] },
    ]),
  ])("%s", (_what, result, value) => {
    expect(mcpResultValue(result)).toEqual(value);
  });
});

/** So many values, as a list. */
const list = (length: number): readonly number[] => Array.from({ length }, () => 1);

describe("of values that are too many to be compared", () => {
  const structuredContent = { rows: list(20_000) };
  test.each([
    ["an object stands for a text that is JSON of any kind", " [1]", structuredContent],
    ["an object stands for a text that is as large", JSON.stringify(list(20_000)), { rows: [1] }],
    ["a list stands for such a text", "{}", list(20_000)],
  ])("%s", (_what, said, structured) => {
    const result = { content: [text(said)], structuredContent: structured };
    expect(mcpResultValue(result)).toBe(structured);
  });

  test.each([
    ["an object does not stand for a text that is none", "20000 rows", structuredContent],
    ["a text does not stand for another", JSON.stringify(list(20_000)), "rows"],
    ["null does not stand for anything", JSON.stringify(list(20_000)), null],
  ])("%s", (_what, said, structured) => {
    const result = { content: [text(said)], structuredContent: structured };
    expect(mcpResultValue(result)).toEqual(result);
  });

  test("blocks that structured content may repeat reach the cell beside it", () => {
    const blocks = list(20_000).map(() => image);
    const result = { content: blocks, structuredContent: { content: blocks } };
    expect(mcpResultValue(result)).toEqual(result);
  });
});

test("a text that is JSON of more values than a message may have fails the call", () => {
  const said = (count: number) => ({ content: [text(JSON.stringify(list(count)))] });
  expect(mcpResultValue(said(100_000))).toHaveLength(100_000);
  expect(() => mcpResultValue(said(120_001))).toThrow("more than 120000 values");
});

describe("a result that is marked as an error throws", () => {
  test.each([
    ["its texts", { content: [text("it broke"), image, text("badly")] }, "it broke\nbadly"],
    ["its structured content", { content: [], structuredContent: { code: 7 } }, '{"code":7}'],
    ["structured content that is null", { structuredContent: null }, "null"],
    [
      "its structured content where its texts are blank",
      { content: [text(" "), text("\n")], structuredContent: { code: 7 } },
      '{"code":7}',
    ],
    ["its texts as they are", { content: [text(" a\n")], structuredContent: {} }, " a\n"],
    ["a sentence where it says nothing", { content: [] }, "the tool failed and gave no reason"],
    [
      "a sentence where its content is no list",
      { content: "a" },
      "the tool failed and gave no reason",
    ],
    [
      "a sentence where no block has a text",
      { content: oddBlocks },
      "the tool failed and gave no reason",
    ],
  ])("%s", (_what, result, message) => {
    expect(() => mcpResultValue({ ...result, isError: true })).toThrow(new Error(message));
  });

  test("as much of its structured content as fits 64 KiB", () => {
    const structuredContent = { code: "x".repeat(100_000) };
    const begin = '{"code":"';
    expect(() => mcpResultValue({ isError: true, structuredContent })).toThrow(
      new Error(`${begin}${"x".repeat(64 * 1024 - begin.length)}…`),
    );
  });

  test.each(["true", 1, null, undefined, false])("but not where the mark is %j", (isError) => {
    expect(mcpResultValue({ content: [text("fine")], isError })).toBe("fine");
  });
});

describe("what a cell gets of a resource:", () => {
  const part = (mimeType: unknown) => ({ uri: "x://1", blob: "AAEC", mimeType });
  const resource = (of: unknown) => ({ content: [{ type: "resource", resource: of }] });
  test.each<readonly [unknown, unknown]>([
    [{ contents: [{ text: "a" }] }, "a"],
    [{ contents: [{ text: "" }] }, ""],
    [{ contents: [part("image/png")] }, { type: "image", data: "AAEC", mimeType: "image/png" }],
    [{ contents: [part("AUDIO/wav")] }, { type: "audio", data: "AAEC", mimeType: "AUDIO/wav" }],
    ...["video/mp4", "images/png", undefined, 7].map(
      (type) => [{ contents: [part(type)] }, resource(part(type))] as const,
    ),
    [{ contents: [{ mimeType: "image/png" }] }, resource({ mimeType: "image/png" })],
    [{ contents: [null] }, resource(null)],
    [
      { contents: [{ text: "a" }, { text: "b" }] },
      {
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
    ],
    ...[{ contents: [] }, { contents: "a" }, {}, null, undefined].map(
      (result) => [result, { content: [] }] as const,
    ),
  ])("of %j %j", (result, value) => {
    expect(mcpResourceValue(result)).toEqual(value);
  });
});
