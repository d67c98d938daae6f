import { afterEach, describe, expect, test, vi } from "vitest";
import { pixel, sound } from "../support/scripted-server.js";

afterEach(() => {
  vi.doUnmock("ai");
  vi.resetModules();
});

/** What each version of the AI SDK is known by. */
const exported = { 5: {}, 6: { ToolLoopAgent: 1 }, 7: { ToolLoopAgent: 1, isStepCount: 1 } };

/** Our module beside a version of the AI SDK. The packages themselves are in test/frameworks. */
async function beside(version: keyof typeof exported) {
  vi.resetModules();
  vi.doMock("ai", () => exported[version]);
  return await import("../../src/adapters/ai/ai-output.js");
}

const png = `data:image/png;base64,${pixel}`;
const wav = sound.split(",")[1];
const url = "https://example.com/a.png";

describe.each([5, 6, 7] as const)("version %i of the AI SDK", (version) => {
  test("is known by what it exports, and takes addresses of images since 6", async () => {
    const { version: found, aiMedia } = await beside(version);
    expect(found).toBe(version);
    expect(aiMedia.remoteImages).toBe(version > 5);
  });

  test("is given text alone as text, marked where it is an error", async () => {
    const { toModelOutput } = await beside(version);
    const content = [
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ] as const;
    const given = (isError: boolean) => {
      const output = { content, isError };
      return version === 5 ? output : { output };
    };
    expect(toModelOutput(given(false))).toEqual({ type: "text", value: "a\nb" });
    expect(toModelOutput(given(true))).toEqual({ type: "error-text", value: "a\nb" });
  });

  const parts = {
    5: [
      { type: "media", data: pixel, mediaType: "image/png" },
      { type: "media", data: wav, mediaType: "audio/wav" },
      { type: "media", data: "AAAA", mediaType: "image" },
      { type: "media", data: "AAAA", mediaType: "audio" },
      { type: "image-url", url },
    ],
    6: [
      { type: "image-data", data: pixel, mediaType: "image/png" },
      { type: "file-data", data: wav, mediaType: "audio/wav" },
      { type: "image-data", data: "AAAA", mediaType: "image" },
      { type: "file-data", data: "AAAA", mediaType: "audio" },
      { type: "image-url", url },
    ],
    7: [
      { type: "file", mediaType: "image/png", data: { type: "data", data: pixel } },
      { type: "file", mediaType: "audio/wav", data: { type: "data", data: wav } },
      { type: "file", mediaType: "image", data: { type: "data", data: "AAAA" } },
      { type: "file", mediaType: "audio", data: { type: "data", data: "AAAA" } },
      { type: "file", mediaType: "image", data: { type: "url", url: new URL(url) } },
    ],
  };

  test("is given images and sound in its own parts, with a type that the bytes may have", async () => {
    const { toModelOutput } = await beside(version);
    const content = [
      { type: "text", text: "a" },
      { type: "image", imageUrl: png, detail: "low" },
      { type: "audio", audioUrl: sound },
      { type: "image", imageUrl: "data:text/plain;base64,AAAA", detail: "high" },
      { type: "audio", audioUrl: "data:image/png;base64,AAAA" },
      { type: "image", imageUrl: url, detail: "high" },
    ] as const;
    const [first, second, third, fourth, fifth] = parts[version];
    const detail = (imageDetail: string): object => ({
      providerOptions: { openai: { imageDetail } },
    });
    expect(toModelOutput({ content, isError: true })).toEqual({
      type: "content",
      value: [
        { type: "text", text: "a" },
        { ...first, ...detail("low") },
        second,
        { ...third, ...detail("high") },
        fourth,
        { ...fifth, ...detail("high") },
      ],
    });
  });
});
