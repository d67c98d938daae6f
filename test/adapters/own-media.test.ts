import { describe, expect, test } from "vitest";
import { mcpMediaOf, withMcpMedia } from "../../src/adapters/own-media.js";
import { runToTexts } from "../support/cells.js";
import { pixel } from "../support/scripted-server.js";

const url = `data:image/png;base64,${pixel}`;
const image = { type: "image", data: pixel, mimeType: "image/png" };

describe("images in a framework's own form", () => {
  test.each<readonly [string, object]>([
    ["Chat Completions, LangChain", { type: "image_url", image_url: { url } }],
    ["LangChain, as text", { type: "image_url", image_url: url }],
    ["LangChain, since version 1", { type: "image", data: pixel, mimeType: "image/png" }],
    ["Responses", { type: "input_image", image_url: url, detail: "high" }],
    ["Agents SDK", { type: "image", image: url }],
    ["Agents SDK, as data", { type: "image", image: { data: pixel, mediaType: "image/png" } }],
    [
      "Anthropic",
      { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } },
    ],
    ["AI SDK 5", { type: "media", data: pixel, mediaType: "image/png" }],
    ["AI SDK 6", { type: "image-data", data: pixel, mediaType: "image/png" }],
    ["AI SDK 7", { type: "file", mediaType: "image/png", data: { type: "data", data: pixel } }],
  ])("%s: are those of MCP", (_framework, block) => {
    expect(withMcpMedia(block)).toEqual({ content: [image] });
    const text = { type: "text", text: "seen" };
    expect(withMcpMedia([text, block])).toEqual({ content: [text, image] });
    expect(withMcpMedia({ type: "content", value: [block] })).toEqual({ content: [image] });
  });

  test("are taken by the cell's helpers", async () => {
    const photo = { execute: () => withMcpMedia({ type: "image_url", image_url: { url } }) };
    const source =
      "const { content: blocks } = await tools.photo(); content(blocks); image(blocks[0]);";
    expect(await runToTexts(source, { tools: { photo } })).toEqual(["image", "image"]);
  });

  test.each<readonly [unknown]>([
    ["text"],
    [null],
    [{ type: "text", text: "alone" }],
    [[{ type: "text", text: "a" }]],
    [{ type: "image", name: "no data" }],
    [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }],
    [[{ type: "image_url", image_url: { url } }, { city: "Oslo" }]],
    [{ city: "Oslo", image: url }],
    [{ type: "other", value: [{ type: "image_url", image_url: { url } }] }],
    [{ type: "content", value: { type: "image_url", image_url: { url } } }],
    [{ type: "content", value: [] }],
    [[]],
    [[[{ type: "image_url", image_url: { url } }]]],
    [
      [
        { type: "text", text: 5 },
        { type: "image_url", image_url: { url } },
      ],
    ],
    [
      [
        { type: "subtext", text: "a" },
        { type: "image_url", image_url: { url } },
      ],
    ],
    [
      [
        { type: "texts", text: "a" },
        { type: "image_url", image_url: { url } },
      ],
    ],
    [{ type: "image_url", image_url: 5 }],
    [{ type: "image_url" }],
    [{ type: "image_url", image_url: { url: "data:image/png,x" } }],
    [{ type: "image_url", image_url: `see ${url}` }],
    [{ type: "image", source: { type: "url", url } }],
    [{ type: "image", data: 5, mimeType: "image/png" }],
    [{ type: "image", data: pixel, mimeType: 5 }],
    [{ type: "file", mediaType: "image/png", data: { type: "url", url } }],
    [{ type: "new", data: pixel, mimeType: "image/png" }],
  ])("what is none, or more, stays as it is: %j", (result) => {
    expect(withMcpMedia(result)).toBe(result);
  });

  test.each<readonly [object]>([
    [{ type: "audio", data: "AAAA", mimeType: "audio/wav" }],
    [{ type: "audio", source: { type: "base64", media_type: "audio/wav", data: "AAAA" } }],
    [{ type: "file-data", data: "AAAA", mediaType: "audio/wav" }],
    [{ type: "file", mediaType: "audio/wav", data: "AAAA" }],
    [{ type: "input_image", image_url: "DATA:audio/wav;base64,AAAA" }],
  ])("sound is known by its media type, and stands between texts of each name: %j", (block) => {
    const texts = ["text", "input_text", "output_text"].map((type) => ({ type, text: type }));
    const [first, ...others] = texts.map(({ text }) => ({ type: "text", text }));
    const audio = { type: "audio", data: "AAAA", mimeType: "audio/wav" };
    const [before, ...after] = texts;
    expect(withMcpMedia([before, block, ...after])).toEqual({ content: [first, audio, ...others] });
    expect(mcpMediaOf(block)).toEqual([audio]);
  });

  test.each([
    ["text"],
    [null],
    [{ content: [image] }],
    [[image, 5]],
    [{ type: "text", text: "a" }],
  ])("there are no blocks in %j", (output) => {
    expect(mcpMediaOf(output)).toBe(undefined);
  });
});
