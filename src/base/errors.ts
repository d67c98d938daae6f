/** What the caller, or the machinery around the cells, did wrong. */
export type CodeModeErrorCode =
  /** An option or an argument is not what it must be; the message names it. */
  | "ERR_INVALID_OPTION"
  /** A tool's definition cannot be used. */
  | "ERR_INVALID_TOOL"
  /** Two tools would get one name. */
  | "ERR_TOOL_NAME_CONFLICT"
  /** The first line of a model's input is not a valid `// @exec:` pragma, or there is no source. */
  | "ERR_PRAGMA"
  /** The runtime or the session has been closed. */
  | "ERR_SESSION_CLOSED"
  /** As many execs wait for a cell to end as may (limits.queuedCells). */
  | "ERR_QUEUE_FULL"
  /** As many threads as may could not be ended (limits.maxOrphans). */
  | "ERR_TOO_MANY_ORPHANS"
  /** Another exec or wait is observing this cell. */
  | "ERR_CELL_BUSY"
  /** A journal of a cell cannot be read; the message says in which line, and why. */
  | "ERR_INVALID_JOURNAL"
  /** The store of durable cells cannot be read or written; the message says which, and why. */
  | "ERR_STORE_UNAVAILABLE"
  /** What is sealed in the store needs a key that was not given, or is another; or what must be sealed is not. */
  | "ERR_STORE_KEY"
  /** Why a tool call's `signal` is aborted: its cell has ended or is being terminated. */
  | "ERR_CELL_ENDED"
  /** The system has no thread to give. */
  | "ERR_THREAD_START"
  /** The system starts no process for the cell. */
  | "ERR_PROCESS_START"
  /** The option `sandbox` is "required", and the cell's process cannot give up its powers. */
  | "ERR_SANDBOX"
  /** There is no native addon for this platform and this version of Node. */
  | "ERR_ADDON_MISSING"
  /** The native addon was compiled for another version of Node, or cannot be loaded. */
  | "ERR_ADDON_MISMATCH"
  /** A package that this function needs is not installed; the message says which. */
  | "ERR_PACKAGE_MISSING"
  /** An MCP configuration is not JSON or has the wrong shape; the message names the place. */
  | "ERR_MCP_CONFIG"
  /** An MCP server did not start or has died; the message names it and shows its last lines. */
  | "ERR_MCP_SERVER"
  /** A server of codecell wants a key or token that it knows, and whose time has not passed. */
  | "ERR_UNAUTHORIZED"
  /** The key or token may not do this. */
  | "ERR_FORBIDDEN"
  /** The server has no such page, session, cell or approval. */
  | "ERR_NOT_FOUND"
  /** The body of a request is too large, is not JSON or has not the members that it must have. */
  | "ERR_BODY"
  /** The tenant has as many cells as it may have, or starts too many in a minute. */
  | "ERR_QUOTA"
  /** The server is about to end and takes no more cells; another goes on with those that it has. */
  | "ERR_DRAINING"
  /** The server cannot do it now: another server that has the cell, or what its tokens are checked with, does not answer. */
  | "ERR_UNAVAILABLE"
  /** Something is wrong in the server; the log of its operator says what, under the id of the request. */
  | "ERR_INTERNAL"
  /** A server did not answer, also not when it was asked again; the message says which, and why. */
  | "ERR_SERVER_UNREACHABLE"
  /** What answers is no server of codecell, or a broken one; the message says what came. */
  | "ERR_SERVER_ANSWER";

/** `codecell/client` has a copy of the class of its own, since browsers run that without the rest. */
const brand = Symbol.for("codecell.CodeModeError");

/**
 * The one error this package throws. What a cell's own code does wrong is not thrown; it is a
 * `failed` outcome.
 */
export class CodeModeError extends Error {
  override readonly name = "CodeModeError";
  readonly code: CodeModeErrorCode;

  /** @param options - `cause`: what led to this error, kept as it came. */
  constructor(code: CodeModeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

// Outside of the class: esbuild renames one that names itself, and its errors would be shown with that name.
Object.defineProperty(CodeModeError, Symbol.hasInstance, {
  /** True of the errors of each copy of the class; classes that extend it have none. */
  value(this: unknown, value: unknown): boolean {
    if (this !== CodeModeError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && brand in value;
  },
});
