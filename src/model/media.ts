import { readDataUrl } from "../base/data-url.js";
import { mediaTypeBytes, mediaTypeOf } from "../base/media-type.js";
import { checkOptionsObject, invalidOption } from "../base/option-checks.js";
import type { CellOutcome, OutputItem } from "../protocol/outcome.js";

/** Which images and sound a model's API takes. */
export interface MediaTypes {
  /** Media types of images, such as `"image/png"`. Default: none. */
  readonly images?: readonly string[] | undefined;
  /** Media types of sound, such as `"audio/wav"`. Default: none. */
  readonly audio?: readonly string[] | undefined;
  /** Whether images may be `http:` and `https:` addresses. Default: false. */
  readonly remoteImages?: boolean | undefined;
}

/** `true`: all, as they came, with the types that their bytes have; `false`: none. */
export type Media = boolean | MediaTypes;

/** What nearly every API of a model takes. */
export const commonImageTypes: readonly string[] = [
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
];

/**
 * Options whose `media` is what an API takes, where they do not say it themselves. Of an API without sound
 * in results there is none.
 */
export function withMedia<Options extends { readonly media?: Media | undefined }>(
  options: Options,
  taken: MediaTypes,
): Options {
  const { media = true } = options;
  if (media === true) return { ...options, media: taken };
  if (media === false || taken.audio !== undefined) return options;
  return { ...options, media: { ...media, audio: [] } };
}

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
export function checkMedia(media: unknown): void {
  if (media === undefined || typeof media === "boolean") return;
  if (typeof media !== "object" || media === null) {
    throw invalidOption("media", "true, false or { images, audio, remoteImages }", media);
  }
  checkOptionsObject("the option media", media, ["images", "audio", "remoteImages"]);
  const { images, audio, remoteImages }: Partial<Record<keyof MediaTypes, unknown>> = media;
  for (const [key, types] of Object.entries({ images, audio })) {
    if (types === undefined) continue;
    if (!Array.isArray(types) || types.some((type) => typeof type !== "string")) {
      throw invalidOption(`media.${key}`, "a list of media types", types);
    }
  }
  if (remoteImages !== undefined && typeof remoteImages !== "boolean") {
    throw invalidOption("media.remoteImages", "true or false", remoteImages);
  }
}

/** An outcome whose output an API takes, as texts where it does not take images or sound. */
export function withTakenMedia(outcome: CellOutcome, media: Media): CellOutcome {
  if (outcome.status === "missing" || outcome.output.every(({ type }) => type === "text")) {
    return outcome;
  }
  return { ...outcome, output: outcome.output.map((item) => toTakenItem(item, media)) };
}

/**
 * An item as an API takes it. The type of an image or a sound is what its bytes say; what the API would
 * refuse, often with the whole request, becomes a text that says what was left out.
 */
function toTakenItem(item: OutputItem, media: Media): OutputItem {
  if (item.type === "text") return item;
  const isImage = item.type === "image";
  const url = isImage ? item.imageUrl : item.audioUrl;
  const held = readStart(url);
  const type = held && mediaTypeOf(held.bytes);
  if (media !== true) {
    const { images = [], audio = [], remoteImages = false } = media || {};
    const types = isImage ? images : audio;
    if (types.length === 0) return leftOut(item, "a tool's result can have none here");
    if (held === undefined && !(isImage && remoteImages)) {
      return leftOut(item, `it is at an address, which cannot be read here: ${url}`);
    }
    if (held !== undefined && (type === undefined || !types.includes(type))) {
      return leftOut(item, `it is ${type ?? "of no known type"}, and must be ${types.join(", ")}`);
    }
  }
  if (type === undefined || !type.startsWith(`${item.type}/`)) return item;
  const mended = toBase64Url(url, type);
  return isImage ? { ...item, imageUrl: mended } : { ...item, audioUrl: mended };
}

function leftOut({ type }: OutputItem, why: string): OutputItem {
  return { type: "text", text: `[${type === "image" ? "image" : "sound"} left out: ${why}]` };
}

/** Reads as much of a `data:` URL as says what it is. */
function readStart(url: string): ReturnType<typeof readDataUrl> {
  const comma = url.indexOf(",");
  // A byte is at most three characters, in percent encoding.
  return comma === -1 ? undefined : readDataUrl(url.slice(0, comma + 1 + 3 * mediaTypeBytes));
}

/** A `data:` URL in base64 under its right type; the same text where it is one. */
function toBase64Url(url: string, type: string): string {
  const head = `data:${type};base64,`;
  const isPlain = /^data:[^,]*;base64,[A-Za-z0-9+/]*={0,2}$/i.test(url);
  if (!isPlain) return head + (readDataUrl(url)?.bytes.toString("base64") ?? "");
  return url.startsWith(head) ? url : head + url.slice(url.indexOf(",") + 1);
}
