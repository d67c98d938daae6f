import { describe, expect, test } from "vitest";
import { mcpResultValue } from "../../src/mcp.js";

const text = (value: string) => ({ type: "text", text: value });
const image = { type: "image", data: "AAAA", mimeType: "image/png" };

describe("an MCP result reaches the cell as", () => {
  test.each([
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
    ["the protocol's first form", { toolResult: [1] }, [1]],
  ])("%s", (_what, result, value) => {
    expect(mcpResultValue(result)).toEqual(value);
  });
});

describe("a result that is marked as an error throws", () => {
  test.each([
    ["its texts", { content: [text("it broke"), image, text("badly")] }, "it broke\nbadly"],
    ["its structured content", { content: [], structuredContent: { code: 7 } }, '{"code":7}'],
    ["a sentence where it says nothing", { content: [] }, "the tool failed and gave no reason"],
  ])("%s", (_what, result, message) => {
    expect(() => mcpResultValue({ ...result, isError: true })).toThrow(new Error(message));
  });
});
