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
