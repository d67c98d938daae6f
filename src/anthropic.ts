export {
  type AnthropicRunnerTool,
  anthropicRunnerTools,
} from "./adapters/anthropic/anthropic-runner-tools.js";
export {
  type AnthropicToolSourceOptions,
  anthropicToolSource,
  type ClaudeAgentTool,
  type RunnableAnthropicTool,
} from "./adapters/anthropic/anthropic-tool-source.js";
export { type AnthropicTools, anthropicTools } from "./adapters/anthropic/anthropic-tools.js";
export {
  type ClaudeAgentServer,
  type ClaudeAgentServerOptions,
  claudeAgentServer,
} from "./adapters/anthropic/claude-agent-server.js";
export type {
  AnthropicContentBlock,
  AnthropicImageBlock,
  AnthropicTextBlock,
  AnthropicToolDefinition,
  AnthropicToolResult,
} from "./adapters/anthropic/wire.js";
export type { FrameworkToolsOptions as AnthropicRunnerToolsOptions } from "./adapters/call-handlers.js";
