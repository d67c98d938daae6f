// What the Messages API sends and takes, as far as it is about our two tools. The arrays can be
// written to because those in the types of the package `@anthropic-ai/sdk` can.

/** An entry of `tools`. */
export interface AnthropicToolDefinition {
  name: string;
  description: string;
  input_schema: { type: "object"; [keyword: string]: unknown };
}

/** A block of a message's `content`, of whatever kind. */
export interface AnthropicContentBlock {
  readonly type: string;
}

/** A block that calls a tool. */
export interface AnthropicCall extends AnthropicContentBlock {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** What a call gives, as a block of the next user message. */
export interface AnthropicToolResult {
  type: "tool_result";
  tool_use_id: string;
  content: string | (AnthropicTextBlock | AnthropicImageBlock)[];
  /** Set where the input was wrong, the cell failed, or there is none. */
  is_error?: true;
}

export interface AnthropicTextBlock {
  type: "text";
  text: string;
}

export interface AnthropicImageBlock {
  type: "image";
  source:
    | { type: "base64"; media_type: AnthropicImageType; data: string }
    | { type: "url"; url: string };
}

/** The media types of images that the API takes. */
export type AnthropicImageType = "image/jpeg" | "image/png" | "image/gif" | "image/webp";

/** Whether a block calls a tool of the host, of whatever name. */
export function isCall(block: AnthropicContentBlock): block is AnthropicCall {
  return block.type === "tool_use";
}
