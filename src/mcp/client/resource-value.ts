/**
 * What a cell gets for an MCP `ReadResourceResult`: of one text its string, of one image or sound a block
 * that `image()`, `audio()` and `content()` take, else `{ content }` with a block for each part.
 */
export function mcpResourceValue(result: unknown): unknown {
  const contents: unknown = (result as { contents?: unknown } | null)?.contents;
  const blocks = Array.isArray(contents) ? contents.map(toBlock) : [];
  const [first] = blocks;
  if (blocks.length !== 1 || first === undefined) return { content: blocks };
  if (first.type === "text") return first["text"];
  return first.type === "resource" ? { content: blocks } : first;
}

type Block = { readonly type: string } & Readonly<Record<string, unknown>>;

function toBlock(part: unknown): Block {
  const { text, blob, mimeType } = (part ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof text === "string") return { type: "text", text };
  const [kind] = typeof mimeType === "string" ? mimeType.toLowerCase().split("/") : [];
  if (typeof blob === "string" && (kind === "image" || kind === "audio")) {
    return { type: kind, data: blob, mimeType };
  }
  return { type: "resource", resource: part };
}
