import * as sdk from "ai";
import { readDataUrl } from "../../base/data-url.js";
import { joinedText } from "../../model/joined-text.js";
import { commonImageTypes, type MediaTypes } from "../../model/media.js";
import type { ModelToolResult } from "../../model/model-calls.js";
import type { OutputItem } from "../../protocol/outcome.js";

/** What a call gives: plain data, which the AI SDK keeps among the messages. */
export type AiToolOutput = Pick<ModelToolResult, "content" | "isError">;

/** What a model is given of a call: a `ToolResultOutput` of the AI SDK that is installed. */
export interface AiModelOutput {
  readonly type: "text" | "error-text" | "content";
  readonly value: unknown;
}

interface Part {
  readonly type: string;
  readonly [field: string]: unknown;
}

type MediaItem = Exclude<OutputItem, { readonly type: "text" }>;

/** The version that is installed, by what it exports. */
export const version: 5 | 6 | 7 = versionOf(sdk);

/** What most providers take. No part of version 5 holds an address. */
export const aiMedia: MediaTypes = {
  images: commonImageTypes,
  audio: ["wav", "mpeg", "flac", "ogg", "aac", "mp4", "webm", "aiff"].map(
    (type) => `audio/${type}`,
  ),
  remoteImages: version > 5,
};

function versionOf(names: object): 5 | 6 | 7 {
  if ("isStepCount" in names) return 7;
  return "ToolLoopAgent" in names ? 6 : 5;
}

/**
 * Is `toModelOutput` of a tool. Text alone goes as text: many providers send anything else as JSON. An
 * error is marked where it is text alone.
 *
 * @param given - The output of a call; since version 6 in an object with the call's id and input.
 */
export function toModelOutput(
  given: AiToolOutput | { readonly output: AiToolOutput },
): AiModelOutput {
  const { content, isError } = "output" in given ? given.output : given;
  const text = joinedText(content);
  return text === undefined
    ? { type: "content", value: content.map(toPart) }
    : { type: isError ? "error-text" : "text", value: text };
}

function toPart(item: OutputItem): Part {
  if (item.type === "text") return { type: "text", text: item.text };
  const part = toMediaPart(item);
  return item.type === "image"
    ? { ...part, providerOptions: { openai: { imageDetail: item.detail } } }
    : part;
}

function toMediaPart(item: MediaItem): Part {
  const isImage = item.type === "image";
  const url = isImage ? item.imageUrl : item.audioUrl;
  const held = readDataUrl(url);
  if (held === undefined) {
    return version === 7
      ? { type: "file", mediaType: item.type, data: { type: "url", url: new URL(url) } }
      : { type: "image-url", url };
  }
  // If the bytes are of no known type, the provider detects it.
  const mediaType = held.mimeType.startsWith(`${item.type}/`) ? held.mimeType : item.type;
  const data = held.bytes.toString("base64");
  switch (version) {
    case 7:
      return { type: "file", mediaType, data: { type: "data", data } };
    case 6:
      return { type: isImage ? "image-data" : "file-data", data, mediaType };
    case 5:
      return { type: "media", data, mediaType };
  }
}
