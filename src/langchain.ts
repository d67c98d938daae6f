export type { InterruptFunction } from "./adapters/langchain/graph-approval.js";
export {
  langchainToolSource,
  type RunnableLangChainTool,
} from "./adapters/langchain/langchain-tool-source.js";
export {
  type LangChainCore,
  type LangChainToolsOptions,
  langchainTools,
} from "./adapters/langchain/langchain-tools.js";
