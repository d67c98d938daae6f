/**
 * `invalid`: a field is not what it must be; `unknown`: there is no such session or call; `reused`: an id
 * was used before; `refused`: not in this state; `cancelled`: the client no longer wants the answer;
 * `unsupported`: this host does not have it; `exhausted`: there is no room for it; `internal`: all else.
 */
export type HostErrorCode =
  | "invalid"
  | "unknown"
  | "reused"
  | "refused"
  | "cancelled"
  | "unsupported"
  | "exhausted"
  | "internal";

/** Why a request of a client is refused. Its message goes to the client. */
export class HostError extends Error {
  override readonly name = "HostError";
  readonly code: HostErrorCode;

  constructor(code: HostErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
