import type { ServerResponse } from "node:http";
import { CodeModeError, type CodeModeErrorCode } from "../../base/errors.js";
import { ServiceError, type ServiceErrorCode } from "../service-error.js";

/** What a client is told of an error. */
export interface ToldError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** What has gone wrong here, which is not the client's business. */
  readonly hidden?: unknown;
}

const serviceStatus: Readonly<Record<ServiceErrorCode, number>> = {
  ERR_BODY: 400,
  ERR_UNAUTHORIZED: 401,
  ERR_FORBIDDEN: 403,
  ERR_NOT_FOUND: 404,
  ERR_QUOTA: 429,
  ERR_DRAINING: 503,
  ERR_UNAVAILABLE: 503,
};

/** Those that a client can do something about. Others are the server's own. */
const cellStatus: Partial<Readonly<Record<CodeModeErrorCode, number>>> = {
  ERR_INVALID_OPTION: 400,
  ERR_CELL_BUSY: 409,
  ERR_QUEUE_FULL: 429,
};

/** Those that pass, and what is said instead of their messages, which name files and machines of the server. */
const passing: Partial<Readonly<Record<CodeModeErrorCode, string>>> = {
  ERR_STORE_UNAVAILABLE: "The store of this server cannot be reached now; try again.",
  ERR_SESSION_CLOSED: "This server is about to end; ask again.",
  ERR_TOO_MANY_ORPHANS: "This server can start no more cells; ask another.",
  ERR_THREAD_START: "This server can start no more cells now; try again.",
  ERR_PROCESS_START: "This server can start no more cells now; try again.",
};

export function toldError(error: unknown): ToldError {
  if (error instanceof ServiceError) {
    const { code, message, retryAfterMs, cause } = error;
    const status = error.status ?? serviceStatus[code];
    return { status, code, message, retryAfterMs, hidden: cause };
  }
  if (error instanceof CodeModeError) {
    const { code, message } = error;
    const status = cellStatus[code];
    if (status !== undefined) {
      return { status, code, message, ...(status !== 400 && { retryAfterMs: 1000 }) };
    }
    const text = passing[code];
    if (text !== undefined) {
      return { status: 503, code, message: text, retryAfterMs: 1000, hidden: error };
    }
    const own = "What the server has of this cannot be used; its operator finds why in its log.";
    return { status: 500, code, message: own, hidden: error };
  }
  const message = "Something went wrong in the server; its operator finds it in its log.";
  return { status: 500, code: "ERR_INTERNAL", message, hidden: error };
}

export function errorBody({ code, message }: ToldError, requestId: string): string {
  return JSON.stringify({ error: { code, message, requestId } });
}

/** Answers with an error, where nothing has been answered yet. */
export function sendError(response: ServerResponse, told: ToldError, requestId: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (told.status === 401) response.setHeader("www-authenticate", 'Bearer realm="codecell"');
  if (told.retryAfterMs !== undefined) {
    response.setHeader("retry-after", String(Math.max(1, Math.ceil(told.retryAfterMs / 1000))));
  }
  response.statusCode = told.status;
  response.setHeader("content-type", "application/json");
  response.end(errorBody(told, requestId));
}
