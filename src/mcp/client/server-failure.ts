import {
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  type Transport,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import { CodeModeError } from "../../base/errors.js";
import { shorten } from "../../base/shorten.js";
import { LoginEndedError } from "./login-provider.js";
import { type ProcessEnd, ServerProcess } from "./server-process.js";

/** Characters of a server's own words in a reason. */
const maxReasonLength = 1_000;

/** "exited with code 1", "was ended by SIGKILL". */
export function describeEnd(end: ProcessEnd | undefined): string {
  if (end?.signal) {
    return `was ended by ${end.signal}`;
  }
  return `exited with code ${end?.code ?? "unknown"}`;
}

/** Why a connection could not be made or used, in words for the person who wrote the config. */
export function describeConnectFailure(error: unknown, transport: Transport, name: string): string {
  const system = systemError(error);
  if (transport instanceof ServerProcess && system !== undefined) {
    switch (system.code) {
      case "ENOENT":
        return `command not found: ${system.path ?? ""}`;
      case "EACCES":
        return `command not executable: ${system.path ?? ""}`;
    }
  }
  if (hasLoginEnded(error)) {
    return `the login there is no longer valid: run codecell login ${name}`;
  }
  if (isUnauthorized(error)) {
    return `it wants a login (401 Unauthorized): run codecell login ${name}, or give a token that is valid in the "headers" of its configuration`;
  }
  const message = clip(error instanceof Error ? error.message : String(error));
  if (error instanceof ProtocolError) return `it answered with error ${error.code}: ${message}`;
  if (error instanceof SdkError && error.code === SdkErrorCode.InvalidResult) {
    return `its answer is not what the protocol says: ${message.replace(/\s+/g, " ")}`;
  }
  const ofSystem = system && (system.message || system.code);
  return ofSystem === undefined || message.includes(ofSystem) ? message : `${message}: ${ofSystem}`;
}

function isUnauthorized(error: unknown): boolean {
  if (error instanceof SdkHttpError) return error.status === 401;
  return error instanceof UnauthorizedError;
}

function hasLoginEnded(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof LoginEndedError) return true;
  }
  return false;
}

/**
 * Whether the connection broke, so that the reason may be how the server's process ended; else the
 * server has answered, and its answer is the reason.
 */
export function isBrokenConnection(error: unknown): boolean {
  if (error instanceof ProtocolError || error instanceof CodeModeError) return false;
  if (error instanceof SdkError) return error.code !== SdkErrorCode.InvalidResult;
  if (!(error instanceof Error)) return false;
  // The SDK's word for a connection that has been closed already has no code.
  return typeof (error as NodeJS.ErrnoException).code === "string" || isNotConnected(error);
}

function isNotConnected(error: Error): boolean {
  return error.message === "Not connected";
}

/** A server may say a lot. */
function clip(text: string): string {
  return shorten(text, maxReasonLength);
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
