export type {
  OpenAIChatAnswer,
  OpenAIChatCall,
  OpenAIChatMessage,
  OpenAIChatPart,
  OpenAIChatToolDefinition,
} from "./adapters/openai/chat-wire.js";
export {
  type OpenAIAgentOutput,
  type OpenAIAgentTool,
  type OpenAIAgentToolsOptions,
  openaiAgentTools,
} from "./adapters/openai/openai-agent-tools.js";
export {
  type OpenAIChatTools,
  type OpenAIChatToolsOptions,
  openaiChatTools,
} from "./adapters/openai/openai-chat-tools.js";
export {
  type OpenAIToolSourceOptions,
  openaiToolSource,
  type RunnableOpenAITool,
} from "./adapters/openai/openai-tool-source.js";
export {
  type OpenAITools,
  type OpenAIToolsOptions,
  openaiTools,
} from "./adapters/openai/openai-tools.js";
export type {
  OpenAICallOutput,
  OpenAIOutputItem,
  OpenAIOutputPart,
  OpenAIToolDefinition,
} from "./adapters/openai/wire.js";
