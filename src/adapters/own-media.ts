import { mcpResultValue } from "../mcp/client/result-value.js";

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a tool has given, for a cell. Blocks with images or sound in a framework's own form become those of
 * MCP, in `content`, which the cell's `content` and `image` take. Anything else stays as it is.
 */
export function withMcpMedia(result: unknown): unknown {
  const blocks = blocksOf(result).map(toMcpBlock);
  const isMedia = blocks.some((block) => block !== undefined && block.type !== "text");
  return isMedia && blocks.every((block) => block !== undefined)
    ? mcpResultValue({ content: blocks })
    : result;
}

/** The blocks of MCP for what a framework's model would read, if it has images or sound; else undefined. */
export function mcpMediaOf(output: unknown): readonly unknown[] | undefined {
  const result = withMcpMedia(output);
  const content = result !== output && isFields(result) ? result["content"] : undefined;
  return Array.isArray(content) ? content : undefined;
}

function blocksOf(result: unknown): readonly unknown[] {
  if (Array.isArray(result)) return result;
  // `{ type: "content", value }` of the AI SDK.
  if (isFields(result) && result["type"] === "content" && Array.isArray(result["value"])) {
    return result["value"];
  }
  return [result];
}

type McpBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image" | "audio"; readonly data: string; readonly mimeType: string };

function toMcpBlock(block: unknown): McpBlock | undefined {
  if (!isFields(block)) return undefined;
  const { type, text } = block;
  if (/^(input_|output_)?text$/.test(String(type)) && typeof text === "string") {
    return { type: "text", text };
  }
  const source = mediaOf(block);
  const { data, mimeType } = source ?? {};
  if (typeof data !== "string" || typeof mimeType !== "string") return undefined;
  return { type: mimeType.startsWith("audio/") ? "audio" : "image", data, mimeType };
}

/** The data of a block, and its media type, wherever the framework has them. */
function mediaOf(block: Fields): { data: unknown; mimeType: unknown } | undefined {
  switch (block["type"]) {
    // OpenAI's APIs, and LangChain.
    case "image_url":
    case "input_image":
      return ofUrl(block["image_url"]);
    // Anthropic's API and OpenAI's Agents SDK have the same name for two forms.
    case "image":
    case "audio":
      return ofSource(block["source"]) ?? ofUrl(block["image"]) ?? ofFields(block);
    // The AI SDK.
    case "media":
    case "image-data":
    case "file-data":
    case "file":
      return isFields(block["data"])
        ? { data: block["data"]["data"], mimeType: block["mediaType"] }
        : ofFields(block);
    default:
      return undefined;
  }
}

function ofSource(source: unknown): { data: unknown; mimeType: unknown } | undefined {
  if (!isFields(source) || source["type"] !== "base64") return undefined;
  return { data: source["data"], mimeType: source["media_type"] };
}

function ofFields({ data, mimeType, mediaType }: Fields): { data: unknown; mimeType: unknown } {
  return { data, mimeType: mimeType ?? mediaType };
}

/** Only `data:` URLs: what is behind an address is not read. */
function ofUrl(value: unknown): { data: unknown; mimeType: unknown } | undefined {
  const url = isFields(value) ? value["url"] : value;
  if (isFields(value) && url === undefined) return ofFields(value);
  if (typeof url !== "string") return undefined;
  const [, mimeType, data] = /^data:([^;,]+);base64,(.*)$/is.exec(url) ?? [];
  return data === undefined ? undefined : { data, mimeType };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
