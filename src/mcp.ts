export type { McpApproval, McpPolicy } from "./mcp/client/approval.js";
export {
  type McpConfig,
  type McpHttpServerConfig,
  type McpServerConfig,
  type McpStdioServerConfig,
  parseMcpConfig,
} from "./mcp/client/config.js";
export { connectMcpServers } from "./mcp/client/connect.js";
export { type McpToolsOptions, mcpTools } from "./mcp/client/mcp-tools.js";
export { mcpResultValue } from "./mcp/client/result-value.js";
export type {
  ConnectedMcpServer,
  ConnectMcpOptions,
  McpRestartOptions,
  McpServerEvent,
  McpServers,
} from "./mcp/client/servers.js";
export type { ToolFilter } from "./mcp/client/tool-filter.js";
export type { McpClient } from "./mcp/client/tool-requests.js";
export type { McpWarning, McpWarningCode, OnMcpWarning } from "./mcp/client/warnings.js";
export { createMcpServer, type McpServerOptions } from "./mcp/server/create-mcp-server.js";
