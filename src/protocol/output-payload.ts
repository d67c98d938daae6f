import type { OutputItem } from "./outcome.js";

/** What counts of an output item. */
export function payloadOf(item: OutputItem): string {
  switch (item.type) {
    case "text":
      return item.text;
    case "image":
      return item.imageUrl;
    case "audio":
      return item.audioUrl;
  }
}
