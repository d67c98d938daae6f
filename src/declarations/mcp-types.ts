/** The types that the declarations of MCP tools share, in the words of the protocol. */
export const mcpTypes = `\
type ContentBlock =
  | { type: "text"; text: string }
  | { type: "image" | "audio"; data: string; mimeType: string } // data: base64
  | { type: "resource_link"; uri: string; name: string; mimeType?: string }
  | { type: "resource"; resource: { uri: string; mimeType?: string; text?: string; blob?: string } };
type CallToolResult<T = unknown> = { content: ContentBlock[]; structuredContent?: T; isError?: boolean };
// Of an MCP tool: its structured content; without any, its text, parsed if it is a JSON object or array;
// with more to it, a CallToolResult, for content(result.content).
type McpResult<T = unknown> = T | CallToolResult<T>;
`;
