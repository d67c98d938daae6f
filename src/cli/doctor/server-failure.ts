import { systemError } from "../../mcp/client/server-failure.js";
import type { McpServerConfig } from "../../mcp.js";
import { oneLine } from "../format.js";

/** Why a server does not start, in one line, and what to do about it. */
export interface ServerFailure {
  readonly finding: string;
  readonly remedy: string;
}

export function describeServerFailure(
  error: unknown,
  name: string,
  server: McpServerConfig,
): ServerFailure {
  const message = error instanceof Error ? error.message : String(error);
  const [reason = "", ...lines] = message
    .replace(`MCP server "${name}" did not start: `, "")
    .split("\n");
  if ("url" in server) return httpFailure(error, reason);
  const said = tellingLine(lines);
  const finding = said
    ? `${reason.replace(/\. Its last lines:$/, "")}; it said: ${said}`
    : reason.replace(/^(command not .*) \(it printed nothing\)$/, "$1");
  return {
    finding: oneLine(finding, 600),
    remedy: processRemedy(error, reason, server.command),
  };
}

function httpFailure(error: unknown, reason: string): ServerFailure {
  const status = httpStatus(error);
  const finding = oneLine(status === undefined ? reason : `HTTP status ${status}: ${reason}`, 600);
  switch (status) {
    case 401:
    case 403:
      return {
        finding,
        remedy: 'Give it your token: "headers": {"Authorization": "Bearer …"}.',
      };
    case 404:
    case 405:
      return { finding, remedy: 'Mend the path in "url"; that of many servers ends in /mcp.' };
  }
  if (isTooSlow(reason)) return { finding, remedy: "If it needs longer, raise --start-timeout." };
  return {
    finding,
    remedy: 'See that the server runs, and that "url" has its host, port and path.',
  };
}

function processRemedy(error: unknown, reason: string, command: string): string {
  switch (systemError(error)?.code) {
    case "ENOENT":
      return command.includes("/")
        ? 'Mend the path in "command"; a relative one counts from "cwd".'
        : `Install ${command}, or give its whole path as "command"; it is looked for in PATH.`;
    case "EACCES":
      return "Make it executable with chmod +x, or give the program that runs it as the command.";
  }
  if (reason.startsWith('its "cwd"')) return 'Mend "cwd", or make the directory.';
  if (isTooSlow(reason)) {
    return "If it needs longer, as the first start with npx does, raise --start-timeout; else see that it speaks MCP over standard input and output.";
  }
  return 'Mend what it complains of, often "args" or "env"; codecell run --verbose shows all it prints.';
}

function isTooSlow(reason: string): boolean {
  return reason.startsWith("no answer within");
}

/** Of all that a server has printed, the line that looks most like the reason; else the last. None where it has printed nothing. */
function tellingLine(lines: readonly string[]): string | undefined {
  const line =
    lines.find((candidate) => /error|cannot|fail|not found|missing|denied/i.test(candidate)) ??
    lines.at(-1);
  return line?.trim();
}

/** Of the MCP client's error for an answer that is none. */
function httpStatus(error: unknown): number | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { data } = at as { readonly data?: { readonly status?: unknown } };
    if (typeof data?.status === "number") return data.status;
  }
  return undefined;
}
