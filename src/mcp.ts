export type { McpResult } from "./mcp/as-it-came.js";
export type { McpApproval, McpPolicy } from "./mcp/client/approval.js";
export {
  type McpConfig,
  type McpHttpServerConfig,
  type McpServerConfig,
  type McpStdioServerConfig,
  type ParseMcpConfigOptions,
  parseMcpConfig,
} from "./mcp/client/config.js";
export { connectMcpServers } from "./mcp/client/connect.js";
export { type McpToolsOptions, mcpTools } from "./mcp/client/mcp-tools.js";
export type { McpProgress, McpRequestOptions } from "./mcp/client/request-options.js";
export { mcpResourceValue } from "./mcp/client/resource-value.js";
export type { McpResultForm } from "./mcp/client/result-form.js";
export { mcpResultValue } from "./mcp/client/result-value.js";
export type {
  ConnectedMcpServer,
  ConnectMcpOptions,
  McpCallProgress,
  McpClientCapabilities,
  McpRequestMethod,
  McpRestartOptions,
  McpServerCapabilities,
  McpServerEvent,
  McpServerNotification,
  McpServerRequest,
  McpServers,
} from "./mcp/client/servers.js";
export type { ToolFilter } from "./mcp/client/tool-filter.js";
export type { McpClient } from "./mcp/client/tool-requests.js";
export type { McpWarning, McpWarningCode, OnMcpWarning } from "./mcp/client/warnings.js";
export { createMcpServer, type McpServerOptions } from "./mcp/server/create-mcp-server.js";
