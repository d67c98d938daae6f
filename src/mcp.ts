export type { McpApproval, McpPolicy } from "./mcp/client/approval.js";
export {
  type McpConfig,
  type McpHttpServerConfig,
  type McpServerConfig,
  type McpStdioServerConfig,
  parseMcpConfig,
} from "./mcp/client/config.js";
export { connectMcpServers } from "./mcp/client/connect.js";
export { type McpClient, type McpToolsOptions, mcpTools } from "./mcp/client/mcp-tools.js";
export { mcpResultValue } from "./mcp/client/result-value.js";
export type {
  ConnectedMcpServer,
  ConnectMcpOptions,
  McpRestartOptions,
  McpServerEvent,
  McpServers,
} from "./mcp/client/servers.js";
export { createMcpServer, type McpServerOptions } from "./mcp/server/create-mcp-server.js";
