import { readDataUrl } from "../../base/data-url.js";
import type { MediaTypes } from "../../model/media.js";
import type { AnthropicImageBlock, AnthropicImageType } from "./wire.js";

/** What the API takes; there is no sound in a tool's result. */
export const anthropicMedia: MediaTypes = {
  images: [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
  ] satisfies readonly AnthropicImageType[],
  remoteImages: true,
};

/** An image of a type that the API takes, as it takes it. */
export function toImageBlock(url: string): AnthropicImageBlock {
  const held = readDataUrl(url);
  if (held === undefined) return { type: "image", source: { type: "url", url } };
  const media_type = held.mimeType as AnthropicImageType;
  return {
    type: "image",
    source: { type: "base64", media_type, data: held.bytes.toString("base64") },
  };
}
