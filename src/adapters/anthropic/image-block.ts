import { readDataUrl } from "../../base/data-url.js";
import type { AnthropicImageBlock, AnthropicImageType, AnthropicTextBlock } from "./wire.js";

const imageTypes: ReadonlyMap<string, AnthropicImageType> = new Map([
  ["image/jpeg", "image/jpeg"],
  ["image/jpg", "image/jpeg"],
  ["image/png", "image/png"],
  ["image/gif", "image/gif"],
  ["image/webp", "image/webp"],
]);

/** An image as the API takes it; a text in its place where the API would refuse the whole request. */
export function toImageBlock(url: string): AnthropicImageBlock | AnthropicTextBlock {
  const held = readDataUrl(url);
  if (held === undefined) return { type: "image", source: { type: "url", url } };
  const type = imageTypes.get(held.mimeType);
  if (type === undefined) {
    const text = `[image left out: it is ${held.mimeType}, and must be JPEG, PNG, GIF or WebP]`;
    return { type: "text", text };
  }
  const data = held.bytes.toString("base64");
  return { type: "image", source: { type: "base64", media_type: type, data } };
}
