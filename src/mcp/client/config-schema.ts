/** The descriptions are what an error says it expected. */
const texts: object = {
  type: "object",
  description: "an object of texts",
  additionalProperties: { type: "string", description: "a text" },
};

const policies = ["auto", "ask", "deny", "annotations"];

const approval: object = {
  if: { type: "object" },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword.
  then: {
    required: ["*"],
    properties: { "*": { description: "what becomes of calls of all other tools" } },
    additionalProperties: {
      enum: policies,
      description: '"auto", "ask", "deny" or "annotations"',
    },
  },
  else: {
    enum: policies,
    description:
      '"auto", "ask", "deny", "annotations" or an object {"pattern": "ask", …, "*": "auto"}',
  },
};

const toolPatterns: object = {
  type: "array",
  description: 'an array of tools\' names or patterns, such as ["read_*"]',
  items: { type: "string", minLength: 1, description: "a name or a pattern" },
};

/** What all servers have, however they are reached. */
const shared: Readonly<Record<string, object>> = {
  approval,
  enabledTools: toolPatterns,
  disabledTools: toolPatterns,
  disabled: { type: "boolean", description: "true or false" },
};

const stdioServer: object = {
  required: ["command"],
  properties: {
    type: { const: "stdio", description: '"stdio" for a server with a "command"' },
    command: {
      type: "string",
      minLength: 1,
      description: 'the command that starts the server, such as "npx"',
    },
    args: {
      type: "array",
      description: "an array of texts",
      items: { type: "string", description: "a text" },
    },
    env: texts,
    cwd: { type: "string", minLength: 1, description: "the path of a directory" },
    ...shared,
  },
};

const httpServer: object = {
  properties: {
    type: {
      enum: ["http", "streamable-http", "streamableHttp"],
      description: '"http" for a server with a "url"; no other transport is supported',
    },
    url: { type: "string", pattern: "^https?://.", description: "an http:// or https:// address" },
    headers: texts,
    ...shared,
  },
};

/** JSON Schema of an MCP configuration, for `checkMcpConfig`. */
export const configSchema: object = {
  type: "object",
  description: 'an object {"mcpServers": {…}}',
  required: ["mcpServers"],
  properties: {
    mcpServers: {
      type: "object",
      description: 'an object of servers: {"name": {"command": "…", "args": […]}}',
      propertyNames: { minLength: 1, description: "a name" },
      additionalProperties: {
        type: "object",
        description: 'an object with "command" or "url"',
        if: { required: ["url"] },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword.
        then: httpServer,
        else: stdioServer,
      },
    },
  },
};
