import type { OutputItem } from "./outcome.js";

/** The UTF-8 bytes of what a cell hands out. */
export function outputBytes(item: OutputItem): number {
  return Buffer.byteLength(payloadOf(item));
}

function payloadOf(item: OutputItem): string {
  switch (item.type) {
    case "text":
      return item.text;
    case "image":
      return item.imageUrl;
    case "audio":
      return item.audioUrl;
  }
}
