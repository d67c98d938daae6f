import { CodeModeError } from "../../base/errors.js";
import { type McpConfig, parseJson, readMcpConfig } from "../../mcp/client/config.js";
import { faultsOfShape } from "../../mcp/client/config-faults.js";
import { isKeyed } from "../../mcp/client/config-shape.js";
import type { OnMcpWarning } from "../../mcp/client/warnings.js";
import { checkLimits } from "../../options/limits.js";
import type { JwtOptions } from "../auth/jwt.js";
import type { KeyEntry } from "../auth/keys.js";
import { isTenant, tenantRule } from "../session-name.js";
import type { TenantSettings } from "../tenants/tenants.js";
import { serveConfigSchema } from "./config-schema.js";

/** What `codecell serve --config` names, checked. */
export interface ServeConfig {
  readonly mcp: McpConfig;
  /** Which tenants have the tools of an MCP server; those that are not named have all. */
  readonly serverTenants: ReadonlyMap<string, readonly string[]>;
  readonly keys: readonly KeyEntry[];
  readonly jwt: JwtOptions | undefined;
  readonly tenants: Readonly<Record<string, TenantSettings>>;
  /** Unchecked. */
  readonly webhooks: unknown;
}

export const emptyConfig: ServeConfig = {
  mcp: { mcpServers: {} },
  serverTenants: new Map(),
  keys: [],
  jwt: undefined,
  tenants: {},
  webhooks: undefined,
};

/**
 * Reads a config of `codecell serve` from its JSON text, which may have comments.
 *
 * @param name - What messages call it: a file's name.
 * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_MCP_CONFIG.
 */
export async function readServeConfig(
  text: string,
  name: string,
  onWarning: OnMcpWarning,
): Promise<ServeConfig> {
  const value = parseJson(text, name);
  const faults = faultsOfShape(serveConfigSchema, value);
  if (faults.length > 0)
    throw wrong(
      name,
      faults.map(({ path, text }) => `${path.join(".") || "the whole"} ${text}`),
    );
  const config = value as Partial<ServeConfig> & { readonly mcpServers?: object };
  const { mcpServers = {}, keys = [], jwt, tenants = {}, webhooks } = config;
  const { servers, serverTenants } = takeTenants(name, mcpServers);
  checkKeys(name, keys);
  for (const [tenant, { limits }] of Object.entries(tenants)) {
    try {
      checkLimits(limits, "session");
    } catch (error) {
      throw wrong(name, [`tenants.${tenant}: ${(error as Error).message.replace(/\.$/, "")}`]);
    }
  }
  const mcp = await readMcpConfig({ mcpServers: servers }, name, onWarning);
  return { mcp, serverTenants, keys, jwt, tenants, webhooks };
}

/** Servers as MCP clients know them, and whose they are. */
function takeTenants(
  name: string,
  given: object,
): { readonly servers: object; readonly serverTenants: ReadonlyMap<string, readonly string[]> } {
  const serverTenants = new Map<string, readonly string[]>();
  const servers = Object.entries(given).map(([server, value]) => {
    if (!isKeyed(value) || !("tenants" in value)) return [server, value] as const;
    const { tenants, ...others } = value;
    if (!Array.isArray(tenants) || !tenants.every(isTenant)) {
      throw wrong(name, [`mcpServers.${server}.tenants must be a list of tenants: ${tenantRule}`]);
    }
    serverTenants.set(server, tenants);
    return [server, others] as const;
  });
  return { servers: Object.fromEntries(servers), serverTenants };
}

/** Of two entries with one key, one would be without effect. */
function checkKeys(name: string, keys: readonly KeyEntry[]): void {
  for (const member of ["id", "sha256"] as const) {
    const seen = new Set<string>();
    for (const key of keys) {
      const value = key[member].toLowerCase();
      if (seen.has(value))
        throw wrong(name, [`keys: ${member} ${JSON.stringify(value)} is there twice`]);
      seen.add(value);
    }
  }
}

function wrong(name: string, faults: readonly string[]): CodeModeError {
  const [first = "", ...others] = faults;
  const lines = others.length === 0 ? first : `\n  ${faults.slice(0, 20).join("\n  ")}`;
  return new CodeModeError("ERR_INVALID_OPTION", `${name}: ${lines}.`);
}
