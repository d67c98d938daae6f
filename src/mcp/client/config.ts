import { isDeepStrictEqual } from "node:util";
import { CodeModeError } from "../../base/errors.js";
import type { McpApproval } from "./approval.js";
import { shapeFaults } from "./config-faults.js";
import { isKeyed, toConfigShape } from "./config-shape.js";
import { jsonProblem, toPlainJson } from "./config-text.js";
import { type ConfigFault, expandVariables } from "./config-variables.js";
import type { ToolFilter } from "./tool-filter.js";
import { type OnMcpWarning, someOf, tellOnce } from "./warnings.js";

/** Faults that one message names. */
const maxFaults = 20;

/**
 * The configuration format that MCP clients share: `{"mcpServers": {"files": {"command": "node",
 * …}}}`.
 */
export interface McpConfig {
  readonly mcpServers: Readonly<Record<string, McpServerConfig>>;
}

export type McpServerConfig = McpStdioServerConfig | McpHttpServerConfig;

/** A server that codecell starts as a process and talks to over its standard input and output. */
export interface McpStdioServerConfig extends ToolFilter {
  readonly type?: "stdio";
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to HOME, LOGNAME, PATH, SHELL, TERM and USER; the server inherits no other variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Relative to the current directory, which is the default. */
  readonly cwd?: string;
  /** What happens to calls of the server's tools before they run. Default: `"auto"`. */
  readonly approval?: McpApproval;
  /** True leaves the server out. */
  readonly disabled?: boolean;
}

/** A server that runs already, with streamable HTTP or the older HTTP with server-sent events. */
export interface McpHttpServerConfig extends ToolFilter {
  readonly type?: "http" | "streamable-http" | "streamableHttp" | "streamable_http" | "sse";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What happens to calls of the server's tools before they run. Default: `"auto"`. */
  readonly approval?: McpApproval;
  /** True leaves the server out. */
  readonly disabled?: boolean;
}

/** Options of `parseMcpConfig`. */
export interface ParseMcpConfigOptions {
  /** Called with the unknown keys. Default: `process.emitWarning`. */
  readonly onWarning?: OnMcpWarning | undefined;
}

/**
 * Reads a configuration from its JSON text, which may have comments and trailing commas. Variables of
 * this process, as `${NAME}` or `${NAME:-default}`, are put into `command`, `args`, `env`, `cwd`, `url`
 * and `headers`; `servers` may stand for `mcpServers`, and a server's `type`, `command` and so on may
 * stand inside its `transport`.
 *
 * @param name - What messages call the text: a file's name.
 * @throws {CodeModeError} ERR_MCP_CONFIG: not JSON, with the position; or all that is wrong, each with
 * the key, what it should hold, and what it holds.
 */
export async function parseMcpConfig(
  text: string,
  name = "the config",
  { onWarning }: ParseMcpConfigOptions = {},
): Promise<McpConfig> {
  return readMcpConfig(parseJson(text, name), name, tellOnce(onWarning));
}

/**
 * The value of JSON that may have comments and trailing commas.
 *
 * @throws {CodeModeError} ERR_MCP_CONFIG, with the position.
 */
export function parseJson(text: string, name: string): unknown {
  // Editors on some systems begin a file with a byte order mark.
  const json = toPlainJson(text.replace(/^\uFEFF/, ""));
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    throw configError(`${name} is not JSON: ${jsonProblem(json, error)}`, error);
  }
}

/** Servers that have been read: their variables are values, and are not looked for variables again. */
const readServers = new WeakSet<object>();

/**
 * Reads a configuration from a value, which may have been read before.
 *
 * @throws {CodeModeError} ERR_MCP_CONFIG.
 */
export async function readMcpConfig(
  given: unknown,
  name: string,
  onWarning: OnMcpWarning,
): Promise<McpConfig> {
  if (isRead(given)) return given;
  const { value, serversKey, unknownKeys } = toConfigShape(given);
  const unset: ConfigFault[] = [];
  const config = withValues(value, (fault) => unset.push(fault));
  const isUnset = (path: readonly string[]): boolean =>
    unset.some((fault) => isDeepStrictEqual(fault.path, path));
  // The text of a variable that there is not says nothing about shape.
  const misshapen = shapeFaults(config, value).filter(({ path }) => !isUnset(path));
  const faults = [...misshapen, ...unset].map(({ path, text }) => {
    const [root, ...keys] = path;
    const where = [root === "mcpServers" ? serversKey : root, ...keys].join(".");
    return path.length === 0 ? `the whole ${text}` : `"${where}" ${text}`;
  });
  if (faults.length > 0) throw configError(`${name}: ${listFaults(faults)}`);
  if (unknownKeys.length > 0) {
    const keys = someOf(unknownKeys, 10);
    const message = `${name} has keys that mean nothing to codecell and are left alone: ${keys}.`;
    onWarning({ code: "MCP_CONFIG", server: undefined, message });
  }
  const { mcpServers } = config as McpConfig;
  for (const server of Object.values(mcpServers)) readServers.add(server);
  return config as McpConfig;
}

function isRead(given: unknown): given is McpConfig {
  if (!isKeyed(given) || !isKeyed(given["mcpServers"])) return false;
  return Object.values(given["mcpServers"]).every(
    (server) => isKeyed(server) && readServers.has(server),
  );
}

/** Replaces the names of variables by their values, for servers that will be started. */
function withValues(config: unknown, tell: (fault: ConfigFault) => void): unknown {
  if (!isKeyed(config) || !isKeyed(config["mcpServers"])) return config;
  const servers = Object.entries(config["mcpServers"]).map(([name, server]) => {
    if (!isKeyed(server) || server["disabled"] === true) return [name, server] as const;
    const tellOwn = ({ path, text }: ConfigFault): void =>
      tell({ path: ["mcpServers", name, ...path], text });
    return [name, expandVariables(server, tellOwn)] as const;
  });
  return { ...config, mcpServers: Object.fromEntries(servers) };
}

function configError(message: string, cause?: unknown): CodeModeError {
  return new CodeModeError("ERR_MCP_CONFIG", message, { cause });
}

/** One fault in the line, more in a line each. */
function listFaults(faults: readonly string[]): string {
  if (faults.length === 1) return faults[0] ?? "";
  const shown = faults.slice(0, maxFaults).map((fault) => `\n  ${fault}`);
  const more = faults.length - maxFaults;
  const rest = more > 0 ? `\n  and ${more} more` : "";
  return `${faults.length} things are wrong:${shown.join("")}${rest}`;
}
