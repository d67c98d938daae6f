export {
  type AnthropicToolSourceOptions,
  anthropicToolSource,
  type RunnableAnthropicTool,
} from "./anthropic/anthropic-tool-source.js";
export { type AnthropicTools, anthropicTools } from "./anthropic/anthropic-tools.js";
export type {
  AnthropicContentBlock,
  AnthropicImageBlock,
  AnthropicTextBlock,
  AnthropicToolDefinition,
  AnthropicToolResult,
} from "./anthropic/wire.js";
