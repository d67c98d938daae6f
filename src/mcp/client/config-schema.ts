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
    properties: { "*": { description: "what happens to calls of all other tools" } },
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

/** Transports over HTTP that are spoken, by what configs call them. */
const httpTypes = ["http", "streamable-http", "streamableHttp", "streamable_http", "sse"];

const stdioServer = {
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

const httpServer = {
  required: ["url"],
  properties: {
    type: {
      enum: httpTypes,
      description: '"http" for a server with a "url", or "sse" for one of the older transport',
    },
    url: { type: "string", pattern: "^https?://.", description: "an http:// or https:// address" },
    headers: texts,
    ...shared,
  },
};

/** JSON Schema of an MCP configuration, for `shapeFaults`. */
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
        if: {
          anyOf: [
            { required: ["url"] },
            { required: ["type"], properties: { type: { enum: httpTypes } } },
          ],
        },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword.
        then: httpServer,
        else: stdioServer,
      },
    },
  },
};

/** The keys that a server may have, by how it is reached. */
export function knownKeys(server: Readonly<Record<string, unknown>>): readonly string[] {
  const isHttp = "url" in server || httpTypes.some((type) => type === server["type"]);
  return Object.keys((isHttp ? httpServer : stdioServer).properties);
}
