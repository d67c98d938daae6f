export type { FrameworkToolsOptions as GoogleToolsOptions } from "./adapters/call-handlers.js";
export {
  type DeclaredGoogleFunction,
  type GoogleToolSourceOptions,
  googleToolSource,
  type RunnableGoogleTool,
} from "./adapters/google/google-tool-source.js";
export { type GoogleTools, googleTools } from "./adapters/google/google-tools.js";
export type {
  GoogleCallableTool,
  GoogleFunctionCall,
  GoogleFunctionDeclaration,
  GooglePart,
  GoogleTool,
} from "./adapters/google/wire.js";
