import type { CodeModeErrorCode } from "../base/errors.js";

/** Why a request to a server of cells was not done, where nothing of a cell is wrong. `codecell/client` throws the same. */
export type ServiceErrorCode = Extract<
  CodeModeErrorCode,
  | "ERR_UNAUTHORIZED"
  | "ERR_FORBIDDEN"
  | "ERR_NOT_FOUND"
  | "ERR_BODY"
  | "ERR_QUOTA"
  | "ERR_DRAINING"
  | "ERR_UNAVAILABLE"
>;

/** An error that a client is told. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code: ServiceErrorCode;
  /** Milliseconds after which it may be tried again; undefined where that would not help. */
  readonly retryAfterMs: number | undefined;
  /** The status of HTTP, where it is another than that of the code. */
  readonly status: number | undefined;

  constructor(
    code: ServiceErrorCode,
    message: string,
    options: ErrorOptions & { readonly retryAfterMs?: number; readonly status?: number } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.status = options.status;
  }
}
