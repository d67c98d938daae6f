import type { OutputItem } from "./outcome.js";

/** Counts the UTF-8 bytes of what a cell hands out. */
export class OutputMeter {
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(item: OutputItem): void {
    this.#bytes += Buffer.byteLength(payloadOf(item));
  }
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
