export {
  type McpConfig,
  type McpHttpServerConfig,
  type McpServerConfig,
  type McpStdioServerConfig,
  parseMcpConfig,
} from "./mcp/client/config.js";
export {
  type ConnectedMcpServer,
  type ConnectMcpOptions,
  connectMcpServers,
  type McpRestartOptions,
  type McpServerEvent,
  type McpServers,
} from "./mcp/client/connect.js";
export { type McpClient, type McpToolsOptions, mcpTools } from "./mcp/client/mcp-tools.js";
export { mcpResultValue } from "./mcp/client/result-value.js";
export { createMcpServer, type McpServerOptions } from "./mcp/server/create-mcp-server.js";
