/** Why a request to a server of cells was not done; those of `CodeModeError` besides. */
export type ServiceErrorCode =
  /** No key or token, or none that this server knows. */
  | "ERR_UNAUTHORIZED"
  /** The key or token does not allow this. */
  | "ERR_FORBIDDEN"
  /** There is no such route, cell, session or approval; or it is another tenant's. */
  | "ERR_NOT_FOUND"
  /** The request itself is not what it must be. */
  | "ERR_BODY"
  /** The tenant has as many cells as it may, or has begun as many in the last minute. */
  | "ERR_QUOTA"
  /** The server is about to end: ask another, or this one when it is back. */
  | "ERR_DRAINING"
  /** Something that the server needs is not there now. */
  | "ERR_UNAVAILABLE";

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
