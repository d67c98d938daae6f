export type { AiApprovalStatus, AiToolApproval } from "./adapters/ai/ai-approval.js";
export type { AiToolOutput } from "./adapters/ai/ai-output.js";
export { type AiToolSourceOptions, aiToolSource } from "./adapters/ai/ai-tool-source.js";
export {
  type AiTools,
  type AiToolsOptions,
  aiTools,
} from "./adapters/ai/ai-tools.js";
