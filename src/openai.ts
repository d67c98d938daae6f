export {
  type OpenAIToolSourceOptions,
  openaiToolSource,
  type RunnableOpenAITool,
} from "./openai/openai-tool-source.js";
export { type OpenAITools, type OpenAIToolsOptions, openaiTools } from "./openai/openai-tools.js";
export type {
  OpenAICallOutput,
  OpenAIOutputItem,
  OpenAIOutputPart,
  OpenAIToolDefinition,
} from "./openai/wire.js";
