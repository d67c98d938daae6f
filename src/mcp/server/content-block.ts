import type { ContentBlock } from "@modelcontextprotocol/server";
import { readDataUrl } from "../../base/data-url.js";
import type { OutputItem } from "../../protocol/outcome.js";

/** What a cell handed out, as MCP has it. */
export function toContentBlock(item: OutputItem): ContentBlock {
  switch (item.type) {
    case "text":
      return { type: "text", text: item.text };
    case "image":
      return toMediaBlock("image", item.imageUrl);
    case "audio":
      return toMediaBlock("audio", item.audioUrl);
  }
}

function toMediaBlock(type: "image" | "audio", url: string): ContentBlock {
  const held = readDataUrl(url);
  if (held === undefined) return { type: "resource_link", uri: url, name: type };
  return { type, data: held.bytes.toString("base64"), mimeType: held.mimeType };
}
