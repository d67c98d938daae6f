export type { FrameworkToolsOptions as LangChainToolsOptions } from "./adapters/call-handlers.js";
export {
  langchainToolSource,
  type RunnableLangChainTool,
} from "./adapters/langchain/langchain-tool-source.js";
export { type LangChainCore, langchainTools } from "./adapters/langchain/langchain-tools.js";
