export { type AiToolSourceOptions, aiToolSource } from "./adapters/ai/ai-tool-source.js";
export {
  type AiToolOutput,
  type AiTools,
  type AiToolsOptions,
  aiTools,
} from "./adapters/ai/ai-tools.js";
