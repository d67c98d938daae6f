import { scopes } from "../auth/identity.js";

const tenantPattern = "^[a-z0-9][a-z0-9-]{0,62}$";
const text = { type: "string", minLength: 1, description: "a text" };
const tenant = {
  type: "string",
  pattern: tenantPattern,
  description: "a tenant: a letter or digit, then up to 62 of a-z, 0-9 and -",
};
const count = { type: "integer", minimum: 1, description: "a whole number above 0" };

/** JSON Schema of what a config of `codecell serve` has besides MCP servers. The descriptions are what errors say. */
export const serveConfigSchema: object = {
  type: "object",
  description: 'an object {"keys": […], "mcpServers": {…}}',
  additionalProperties: false,
  properties: {
    $schema: {},
    inputs: {},
    mcpServers: { type: "object", description: "an object of MCP servers" },
    keys: {
      type: "array",
      description: "a list of keys, as codecell serve key prints them",
      items: {
        type: "object",
        description: 'an object {"id", "tenant", "scopes", "sha256"}',
        additionalProperties: false,
        required: ["id", "tenant", "scopes", "sha256"],
        properties: {
          id: {
            type: "string",
            pattern: "^[A-Za-z0-9._@:-]{1,128}$",
            description: "1 to 128 of A-Z, a-z, 0-9 and ._@:-",
          },
          tenant,
          scopes: {
            type: "array",
            minItems: 1,
            description: `a list of ${scopes.join(", ")}`,
            items: { enum: scopes, description: `one of ${scopes.join(", ")}` },
          },
          sha256: {
            type: "string",
            pattern: "^[0-9a-fA-F]{64}$",
            description: "the SHA-256 of the key, 64 hexadecimal digits",
          },
        },
      },
    },
    jwt: {
      type: "object",
      description: 'an object {"jwks", "issuer", "audience"}',
      additionalProperties: false,
      required: ["jwks", "issuer", "audience"],
      properties: {
        jwks: { ...text, description: "a file, or an https:// address, with a JSON Web Key Set" },
        issuer: text,
        audience: text,
        tenantClaim: text,
        scopesClaim: text,
      },
    },
    tenants: {
      type: "object",
      description: 'an object of tenants: {"name": {"limits": {…}}}',
      propertyNames: { pattern: `${tenantPattern}|^\\*$` },
      additionalProperties: {
        type: "object",
        description: 'an object {"limits", "cells"}',
        additionalProperties: false,
        properties: {
          limits: { type: "object", description: "an object of limits" },
          cells: {
            type: "object",
            description: 'an object {"running", "perMinute"}',
            additionalProperties: false,
            properties: { running: count, perMinute: count },
          },
        },
      },
    },
    webhooks: { description: "tools that are called over HTTPS" },
  },
};
