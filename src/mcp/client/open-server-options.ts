import type { CodeModeError } from "../../base/errors.js";
import type { McpServerConfig } from "./config.js";
import type { ListedTool } from "./listed-tool.js";
import type { RunningServer } from "./server-group.js";
import type { ConnectMcpOptions } from "./servers.js";
import type { OnMcpWarning } from "./warnings.js";

/** Starts or reaches one server and lists its tools. */
export type OpenServer = (
  name: string,
  config: McpServerConfig,
  options: OpenServerOptions,
) => Promise<RunningServer>;

export interface OpenServerOptions extends ConnectMcpOptions {
  readonly startTimeoutMs: number;
  readonly onWarning: OnMcpWarning;
  readonly signal: AbortSignal;
  /** Called once if the connection ends without being closed here. */
  readonly onLost?: (error: CodeModeError) => void;
  /** Called with each list of tools, as the server has it but for those that are filtered out. */
  readonly onListed?: (tools: readonly ListedTool[]) => void;
}
