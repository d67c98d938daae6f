import type { Transport } from "@modelcontextprotocol/client";
import { type ProcessEnd, ServerProcess } from "./server-process.js";

/** "exited with code 1", "was ended by SIGKILL". */
export function describeEnd(end: ProcessEnd | undefined): string {
  if (end?.signal) {
    return `was ended by ${end.signal}`;
  }
  return `exited with code ${end?.code ?? "unknown"}`;
}

/** Why a connection could not be made or used, in words for the person who wrote the config. */
export function describeConnectFailure(error: unknown, transport: Transport): string {
  const system = systemError(error);
  if (transport instanceof ServerProcess && system !== undefined) {
    switch (system.code) {
      case "ENOENT":
        return `command not found: ${system.path ?? ""}`;
      case "EACCES":
        return `command not executable: ${system.path ?? ""}`;
    }
  }
  const message = error instanceof Error ? error.message : String(error);
  return system === undefined || message.includes(system.message)
    ? message
    : `${message}: ${system.message || system.code}`;
}

/** Adds what the server said last, indented, if it said anything. */
export function withLastLines(text: string, lines: readonly string[]): string {
  return lines.length === 0
    ? `${text} (it printed nothing)`
    : `${text}. Its last lines:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** The operating system's error at the bottom of a chain of causes, such as a refused connection. */
export function systemError(error: unknown): NodeJS.ErrnoException | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code, syscall } = at as NodeJS.ErrnoException;
    if (code !== undefined && syscall !== undefined) {
      return at;
    }
    if (at instanceof AggregateError) {
      return systemError(at.errors[0]);
    }
  }
  return undefined;
}
