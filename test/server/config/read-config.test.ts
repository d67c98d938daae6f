import { describe, expect, test } from "vitest";
import type { McpWarning } from "../../../src/mcp/client/warnings.js";
import { emptyConfig, readServeConfig } from "../../../src/server/config/read-config.js";

const sha256 = "a".repeat(64);
const key = { id: "bot", tenant: "acme", scopes: ["run"], sha256 };
const jwt = { jwks: "keys.json", issuer: "i", audience: "a" };
const server = { command: "node" };

async function read(config: unknown) {
  const warnings: McpWarning[] = [];
  const text = typeof config === "string" ? config : JSON.stringify(config);
  return readServeConfig(text, "serve.json", (warning) => void warnings.push(warning));
}

describe("a config of codecell serve", () => {
  test("that says nothing is as none", async () => {
    const { mcp, ...others } = await read({});
    const { mcp: _, ...empty } = emptyConfig;
    expect(others).toEqual(empty);
    expect(Object.keys(mcp.mcpServers)).toEqual([]);
  });

  test("has comments, keys, tokens, tenants, servers and webhooks", async () => {
    const tenants = {
      "*": { cells: { running: 1, perMinute: 2 } },
      "a-1": { limits: { heapBytes: 64_000_000 } },
    };
    const config = { $schema: "x", inputs: [], keys: [key], jwt, tenants, webhooks: [1] };
    const servers = { mine: { ...server, tenants: ["acme", "b"] }, all: server };
    const text = `// of the staging server\n${JSON.stringify({ ...config, mcpServers: servers })}`;
    const { mcp, serverTenants, ...others } = await read(text);
    expect(others).toEqual({ keys: [key], jwt, tenants, webhooks: [1] });
    expect([...serverTenants]).toEqual([["mine", ["acme", "b"]]]);
    // MCP clients know no tenants.
    expect(mcp.mcpServers).toEqual({ mine: server, all: server });
  });

  test("has tokens with claims of other names, and servers of nobody", async () => {
    const claims = { ...jwt, tenantClaim: "org", scopesClaim: "roles" };
    expect((await read({ jwt: claims })).jwt).toEqual(claims);
    const { serverTenants } = await read({ mcpServers: { none: { ...server, tenants: [] } } });
    expect([...serverTenants]).toEqual([["none", []]]);
  });

  test.each<[string, unknown, string]>([
    ["no JSON", "{", "serve.json"],
    [
      "a list",
      [],
      'serve.json: the whole should be an object {"keys": […], "mcpServers": {…}}, but is',
    ],
    ["a member that is not known", { kyes: [] }, "serve.json: kyes is not known."],
    [
      "servers that are a list",
      { mcpServers: [] },
      "mcpServers should be an object of MCP servers",
    ],
    [
      "keys that are none",
      { keys: {} },
      "keys should be a list of keys, as codecell serve key prints them",
    ],
    [
      "a key that is a text",
      { keys: ["k"] },
      'keys.0 should be an object {"id", "tenant", "scopes", "sha256"}',
    ],
    ["a key with more", { keys: [{ ...key, key: 1 }] }, "keys.0.key is not known."],
    ...["id", "tenant", "scopes", "sha256"].map((member): [string, unknown, string] => [
      `a key without ${member}`,
      { keys: [{ ...key, [member]: undefined }] },
      `keys.0.${member} is missing`,
    ]),
    ["an id with a blank", { keys: [{ ...key, id: "a b" }] }, "keys.0.id should be 1 to 128 of"],
    [
      "another's tenant",
      { keys: [{ ...key, tenant: "A" }] },
      "keys.0.tenant should be a tenant: a letter or digit",
    ],
    [
      "a key that may do nothing",
      { keys: [{ ...key, scopes: [] }] },
      "keys.0.scopes should be a list of run, approve, read, admin",
    ],
    [
      "a scope that there is not",
      { keys: [{ ...key, scopes: ["all"] }] },
      "keys.0.scopes.0 should be one of run, approve",
    ],
    [
      "half a hash",
      { keys: [{ ...key, sha256: "ab" }] },
      "keys.0.sha256 should be the SHA-256 of the key, 64",
    ],
    [
      "two keys with one id",
      { keys: [key, { ...key, sha256: "b".repeat(64) }] },
      'serve.json: keys: id "bot" is there twice.',
    ],
    [
      "one key twice",
      { keys: [key, { ...key, id: "b", sha256: sha256.toUpperCase() }] },
      `keys: sha256 "${sha256}" is there twice.`,
    ],
    ["tokens of nobody", { jwt: { ...jwt, issuer: "" } }, "jwt.issuer should be a text"],
    ["tokens with more", { jwt: { ...jwt, secret: "s" } }, "jwt.secret is not known."],
    ...["jwks", "issuer", "audience"].map((member): [string, unknown, string] => [
      `tokens without ${member}`,
      { jwt: { ...jwt, [member]: undefined } },
      `jwt.${member} is missing`,
    ]),
    [
      "tokens whose keys are nowhere",
      { jwt: { ...jwt, jwks: 1 } },
      "jwt.jwks should be a file, or an https:// address",
    ],
    ["tenants that are a list", { tenants: [] }, 'tenants should be an object of tenants: {"name"'],
    ["a tenant that is none", { tenants: { A: {} } }, "serve.json: tenants"],
    ["what a tenant has not", { tenants: { a: { cpus: 1 } } }, "tenants.a.cpus is not known."],
    [
      "limits that are none",
      { tenants: { a: { limits: 1 } } },
      "tenants.a.limits should be an object of limits",
    ],
    [
      "a limit that there is not",
      { tenants: { a: { limits: { size: 1 } } } },
      "serve.json: tenants.a: ",
    ],
    [
      "cells of another kind",
      { tenants: { a: { cells: { max: 1 } } } },
      "tenants.a.cells.max is not known.",
    ],
    [
      "no cells",
      { tenants: { a: { cells: { running: 0 } } } },
      "tenants.a.cells.running should be a whole number above 0",
    ],
    [
      "half a cell",
      { tenants: { a: { cells: { perMinute: 1.5 } } } },
      "tenants.a.cells.perMinute should be a whole number",
    ],
    [
      "a server of a text",
      { mcpServers: { s: { ...server, tenants: "a" } } },
      "mcpServers.s.tenants must be a list of tenants: a letter or digit",
    ],
    [
      "a server of what is no tenant",
      { mcpServers: { s: { ...server, tenants: ["a", "B"] } } },
      "mcpServers.s.tenants must be a list of tenants",
    ],
    ["a server that is a text", { mcpServers: { s: "node" } }, "serve.json"],
  ])("is refused with %s", async (_what, config, message) => {
    await expect(read(config)).rejects.toThrow(message);
    await expect(read(config)).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_(INVALID_OPTION|MCP_CONFIG)$/),
      message: expect.not.stringContaining(".."),
    });
  });

  test("is told all its faults, a line each, up to twenty", async () => {
    const faults = async (count: number): Promise<string> => {
      const members = Object.fromEntries(Array.from({ length: count }, (_, i) => [`no${i}`, 1]));
      return read(members).then(
        () => "",
        ({ message }: Error) => message,
      );
    };
    expect(await faults(1)).toBe("serve.json: no0 is not known.");
    expect(await faults(2)).toBe("serve.json: \n  no0 is not known\n  no1 is not known.");
    expect((await faults(25)).split("\n")).toHaveLength(21);
  });
});
