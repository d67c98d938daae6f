export { type AiToolSourceOptions, aiToolSource } from "./ai/ai-tool-source.js";
export { type AiToolOutput, type AiTools, type AiToolsOptions, aiTools } from "./ai/ai-tools.js";
