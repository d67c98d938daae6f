import { describe, expect, test } from "vitest";
import { createModelTools, type Media, type OutputItem } from "../../src/index.js";
import { openSession } from "../support/cells.js";
import { pixel } from "../support/scripted-server.js";

/** What a model is given of a program's output, without the status line. */
async function given(code: string, media?: Media): Promise<readonly OutputItem[]> {
  await using session = openSession({ remoteImages: true });
  const { exec } = createModelTools(session, { media });
  const { content } = await exec.execute({ code });
  return content.slice(1);
}

function dataUrl(type: string, latin1: string): string {
  return `data:${type};base64,${Buffer.from(latin1, "latin1").toString("base64")}`;
}

const png = dataUrl("image/png", "\x89PNG\r\n\x1a\n and more");
const images = ["image/png", "image/jpeg"];

describe("images and sound for a model", () => {
  test.each([
    ["image/png", "\x89PNG\r\n\x1a\n"],
    ["image/jpeg", "\xff\xd8\xff\xe0"],
    ["image/gif", "GIF89a"],
    ["image/webp", "RIFF....WEBP"],
    ["image/bmp", "BM....\0\0\0\0"],
    ["image/tiff", "II*\0"],
    ["image/avif", "\0\0\0 ftypavif"],
    ["image/heic", "\0\0\0 ftypheic"],
    ["image/svg+xml", "\xef\xbb\xbf <svg>"],
    ["image/svg+xml", "<?xml version='1.0'?>\n<!-- a --><svg>"],
  ])("have the type of their bytes: %s", async (type, bytes) => {
    const url = dataUrl("image/x-wrong", bytes);
    expect(await given(`image(${JSON.stringify(url)});`)).toEqual([
      { type: "image", imageUrl: dataUrl(type, bytes), detail: "high" },
    ]);
  });

  test.each([
    ["audio/wav", "RIFF....WAVE"],
    ["audio/mpeg", "ID3"],
    ["audio/mpeg", "\xff\xfb\x90\x64"],
    ["audio/aac", "\xff\xf1\x50\x80"],
    ["audio/ogg", "OggS"],
    ["audio/flac", "fLaC"],
    ["audio/mp4", "\0\0\0 ftypM4A "],
    ["audio/aiff", "FORM....AIFF"],
  ])("sound too: %s", async (type, bytes) => {
    const url = dataUrl("audio/x-wrong", bytes);
    expect(await given(`audio(${JSON.stringify(url)});`)).toEqual([
      { type: "audio", audioUrl: dataUrl(type, bytes) },
    ]);
  });

  test("are in base64, however they came", async () => {
    const encoded = `data:image/png,${encodeURIComponent("<svg xmlns='a'/>")}`;
    expect(await given(`image(${JSON.stringify(encoded)});`)).toEqual([
      { type: "image", imageUrl: dataUrl("image/svg+xml", "<svg xmlns='a'/>"), detail: "high" },
    ]);
    const spaced = `data:image/png;base64,${pixel.slice(0, 8)}\n${pixel.slice(8)}`;
    expect(await given(`image(${JSON.stringify(spaced)});`)).toEqual([
      { type: "image", imageUrl: `data:image/png;base64,${pixel}`, detail: "high" },
    ]);
  });

  test("stay as they are where nothing is known of them and anything is taken", async () => {
    const url = dataUrl("image/x-own", "own format");
    expect(await given(`image("${url}");`)).toEqual([
      { type: "image", imageUrl: url, detail: "high" },
    ]);
  });

  test.each<readonly [string, Media, string, string]>([
    [
      "a type that is not taken",
      { images },
      `image("${dataUrl("image/png", "GIF89a")}");`,
      "image left out: it is image/gif, and must be image/png, image/jpeg",
    ],
    [
      "bytes of no known type",
      { images },
      `image("${dataUrl("image/png", "none")}");`,
      "image left out: it is of no known type, and must be image/png, image/jpeg",
    ],
    [
      "sound as an image",
      { images, audio: ["audio/wav"] },
      `image("${dataUrl("image/png", "RIFF....WAVE")}");`,
      "image left out: it is audio/wav, and must be image/png, image/jpeg",
    ],
    [
      "sound where there is none",
      { images },
      `audio("${dataUrl("audio/wav", "RIFF....WAVE")}");`,
      "sound left out: a tool's result can have none here",
    ],
    [
      "an address where only data is taken",
      { images },
      'image("https://example.com/a.png");',
      "image left out: it is at an address, which cannot be read here: https://example.com/a.png",
    ],
    [
      "anything, with media: false",
      false,
      `image("${png}");`,
      "image left out: a tool's result can have none here",
    ],
  ])("become a text: %s", async (_what, media, code, text) => {
    expect(await given(code, media)).toEqual([{ type: "text", text: `[${text}]` }]);
  });

  test("that became texts count as output", async () => {
    const code = `for (let i = 0; i < 1000; i += 1) image("${png}");`;
    const [cut] = await given(`// @exec: {"max_output_tokens": 50}\n${code}`, false);
    expect(cut).toMatchObject({ text: expect.stringMatching(/^Warning: truncated output/) });
    expect(JSON.stringify(cut).length).toBeLessThan(500);
  });

  test.each([
    [7, '"media" must be'],
    [null, '"media" must be'],
    [{ images: "image/png" }, '"media.images" must be'],
    [{ audio: [1] }, '"media.audio" must be'],
    [{ remoteImages: 1 }, '"media.remoteImages" must be'],
    [{ video: [] }, 'There is no option "video"'],
  ])("are not described by %j", (media, message) => {
    expect(() => createModelTools(openSession(), { media } as never)).toThrow(message);
  });
});
