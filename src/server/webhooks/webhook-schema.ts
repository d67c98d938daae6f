const text = { type: "string", minLength: 1, description: "a text" };
const secret = { type: "string", minLength: 1, description: "whsec_… or a variable that has it" };
const schemaOfData = { type: "object", description: "a JSON Schema" };

/** JSON Schema of `webhooks` in a config of `codecell serve`. The descriptions are what errors say. */
export const webhooksSchema: object = {
  type: "array",
  description: "a list of webhooks",
  items: {
    type: "object",
    description: 'an object {"name", "url", "secret"}',
    additionalProperties: false,
    required: ["name", "url", "secret"],
    properties: {
      name: text,
      description: { type: "string", description: "a text" },
      inputSchema: schemaOfData,
      outputSchema: schemaOfData,
      effect: {
        enum: ["read", "idempotent", "write"],
        description: '"read", "idempotent" or "write"',
      },
      onLost: { enum: ["retry", "fail"], description: '"retry" or "fail"' },
      approval: { enum: ["auto", "ask", "deny"], description: '"auto", "ask" or "deny"' },
      tenants: {
        type: "array",
        description: "a list of tenants",
        items: {
          type: "string",
          pattern: "^[a-z0-9][a-z0-9-]{0,62}$",
          description: "a tenant: a letter or digit, then up to 62 of a-z, 0-9 and -",
        },
      },
      url: { ...text, description: "an https:// address" },
      secret: {
        anyOf: [secret, { type: "array", minItems: 1, maxItems: 4, items: secret }],
        description: "whsec_… or a variable that has it, or a list of them",
      },
      timeoutMs: {
        type: "integer",
        minimum: 1,
        maximum: 3_600_000,
        description: "milliseconds, 1 to 3600000",
      },
      maxResultBytes: {
        type: "integer",
        minimum: 1,
        maximum: 64 * 1024 * 1024,
        description: "bytes, 1 to 67108864",
      },
    },
  },
};
