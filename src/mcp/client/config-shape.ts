import { knownKeys } from "./config-schema.js";

type Keyed = Readonly<Record<string, unknown>>;

/** A configuration in the one shape that is checked. */
export interface ConfigShape {
  readonly value: unknown;
  /** The key that the servers stand under in the text. */
  readonly serversKey: string;
  /** Keys that mean nothing here, as paths. */
  readonly unknownKeys: readonly string[];
}

/** Root keys that other programs read. */
const othersKeys: readonly string[] = ["$schema", "inputs"];

/**
 * Brings a configuration into one shape: `servers`, as VS Code has it, is `mcpServers`, and what some
 * clients keep under a server's `transport` stands beside it.
 */
export function toConfigShape(given: unknown): ConfigShape {
  if (!isKeyed(given)) return { value: given, serversKey: "mcpServers", unknownKeys: [] };
  const serversKey = "mcpServers" in given || !("servers" in given) ? "mcpServers" : "servers";
  const { [serversKey]: servers, ...others } = given;
  const unknown = Object.keys(others).filter((key) => !othersKeys.includes(key));
  if (!isKeyed(servers)) {
    const value = servers === undefined ? others : { ...others, mcpServers: servers };
    return { value, serversKey, unknownKeys: unknown };
  }
  const flat = Object.entries(servers).map(([name, server]) => [name, flatServer(server)] as const);
  const unknownOfServers = flat.flatMap(([name, server]) =>
    unknownServerKeys(server).map((key) => `${serversKey}.${name}.${key}`),
  );
  return {
    value: { ...others, mcpServers: Object.fromEntries(flat) },
    serversKey,
    unknownKeys: [...unknown, ...unknownOfServers],
  };
}

function flatServer(server: unknown): unknown {
  if (!isKeyed(server) || !("transport" in server)) return server;
  const { transport, ...beside } = server;
  if (typeof transport === "string") return { type: transport, ...beside };
  return isKeyed(transport) ? { ...transport, ...beside } : server;
}

function unknownServerKeys(server: unknown): readonly string[] {
  if (!isKeyed(server)) return [];
  const known = knownKeys(server);
  return Object.keys(server).filter((key) => !known.includes(key));
}

/** An object with keys: none that is null or an array. */
export function isKeyed(value: unknown): value is Keyed {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
