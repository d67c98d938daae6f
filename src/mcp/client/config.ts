import type { DefinedError } from "ajv";
import { CodeModeError } from "../../base/errors.js";
import { vendored } from "../../base/vendored.js";
import type { McpApproval } from "./approval.js";
import { configSchema } from "./config-schema.js";
import type { ToolFilter } from "./tool-filter.js";

/** The configuration MCP clients share: `{"mcpServers": {"files": {"command": "node", …}}}`. */
export interface McpConfig {
  readonly mcpServers: Readonly<Record<string, McpServerConfig>>;
}

export type McpServerConfig = McpStdioServerConfig | McpHttpServerConfig;

/** A server that is started as a process and spoken to over its standard input and output. */
export interface McpStdioServerConfig extends ToolFilter {
  readonly type?: "stdio";
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to HOME, LOGNAME, PATH, SHELL, TERM and USER, all that a server inherits. */
  readonly env?: Readonly<Record<string, string>>;
  /** Relative paths count from the current directory, which is the default. */
  readonly cwd?: string;
  /** What becomes of calls of the server's tools before they run. Default: `"auto"`. */
  readonly approval?: McpApproval;
  /** True leaves the server out. */
  readonly disabled?: boolean;
}

/** A server that runs already and speaks streamable HTTP. */
export interface McpHttpServerConfig extends ToolFilter {
  readonly type?: "http" | "streamable-http" | "streamableHttp";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What becomes of calls of the server's tools before they run. Default: `"auto"`. */
  readonly approval?: McpApproval;
  /** True leaves the server out. */
  readonly disabled?: boolean;
}

/**
 * Reads a configuration from its JSON text.
 *
 * @param name - What messages call the text: a file's name.
 * @throws {CodeModeError} ERR_MCP_CONFIG: not JSON, with the position, or the wrong shape, with the
 * key, what it should hold, and what it holds.
 */
export async function parseMcpConfig(text: string, name = "the config"): Promise<McpConfig> {
  let value: unknown;
  try {
    // Editors on some systems begin a file with a byte order mark.
    value = JSON.parse(text.replace(/^\uFEFF/, "")) as unknown;
  } catch (error) {
    throw configError(`${name} is not JSON: ${jsonProblem(text, error)}`, error);
  }
  return checkMcpConfig(value, name);
}

/**
 * Checks that a value is a configuration; keys it does not know are left alone.
 *
 * @throws {CodeModeError} ERR_MCP_CONFIG.
 */
export async function checkMcpConfig(value: unknown, name: string): Promise<McpConfig> {
  const { Ajv } = vendored("ajv");
  const ajv = new Ajv({ verbose: true, strict: false });
  const validate = ajv.compile(configSchema);
  if (!validate(value)) {
    const [error] = (validate.errors as DefinedError[]).filter(({ keyword }) => keyword !== "if");
    const problem = error === undefined ? "it has the wrong shape" : shapeProblem(error);
    throw configError(`${name}: ${problem}`);
  }
  return value as unknown as McpConfig;
}

function configError(message: string, cause?: unknown): CodeModeError {
  return new CodeModeError("ERR_MCP_CONFIG", message, { cause });
}

function shapeProblem(error: DefinedError): string {
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (error.keyword === "required") {
    const { missingProperty } = error.params;
    const expected = describeSchema(error.parentSchema?.["properties"]?.[missingProperty]);
    return `"${[...path, missingProperty].join(".")}" is missing: expected ${expected}${keysOf(error.data)}`;
  }
  const where = path.length === 0 ? "the whole" : `"${path.join(".")}"`;
  return `${where} should be ${describeSchema(error.parentSchema)}, but is ${describeValue(error.data, error.keyword !== "type")}`;
}

function describeSchema(schema: unknown): string {
  const { description } = (schema ?? {}) as { description?: string };
  return description ?? "something else";
}

/** Values are not shown where they may be secrets: only texts that break a rule of their own are. */
function describeValue(value: unknown, isShown: boolean): string {
  if (value === null) {
    return "null";
  }
  if (Array.isArray(value)) {
    return "an array";
  }
  if (typeof value === "string") {
    return isShown ? `the text ${JSON.stringify(value.slice(0, 80))}` : "a text";
  }
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function keysOf(value: unknown): string {
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  return keys.length === 0 ? "" : ` (found only: ${keys.slice(0, 8).join(", ")})`;
}

function jsonProblem(text: string, error: unknown): string {
  if (text.trim() === "") {
    return "it is empty";
  }
  const message = error instanceof Error ? error.message : String(error);
  const found = /^(?<what>.*?)(?: in JSON)? at position (?<position>\d+)/.exec(message)?.groups;
  if (found === undefined) {
    return message;
  }
  const lines = text.slice(0, Number(found["position"])).split("\n");
  const column = (lines.at(-1) ?? "").length + 1;
  return `line ${lines.length}, column ${column}: ${found["what"]}`;
}
