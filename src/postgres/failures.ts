import { describeThrown } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";

/**
 * SQLSTATE codes, or their classes, of what passes by itself: connections, a server that stops or starts, too
 * many connections, a standby that becomes the primary, conflicts of transactions.
 */
const passing = ["08", "57P0", "53300", "25006", "40001", "40P01"];

/** Whether a statement may succeed when it is tried again: the connection failed, or the server was not ready. */
export function isPassing(thrown: unknown): boolean {
  if (thrown instanceof CodeModeError) return false;
  const { code, severity } = (thrown ?? {}) as { code?: unknown; severity?: unknown };
  // What the server has said has a severity; all else is what happened on the way.
  if (severity === undefined) return !(thrown instanceof TypeError || thrown instanceof RangeError);
  return passing.some((start) => String(code).startsWith(start));
}

/**
 * SQLSTATE codes of a connection that does not keep statements: a pooler gives each transaction another one of the
 * database's. Also of a table that was changed. In either case nothing was done.
 */
const unprepared: ReadonlySet<unknown> = new Set(["26000", "42P05", "0A000"]);

/** Whether the statement can be done, but not as one that was prepared. */
export function isUnprepared(thrown: unknown): boolean {
  const { code, severity } = (thrown ?? {}) as { code?: unknown; severity?: unknown };
  return severity !== undefined && unprepared.has(code);
}

/** @param schema - The store's. */
export function unavailable(schema: string, thrown: unknown): CodeModeError {
  if (thrown instanceof CodeModeError) return thrown;
  // Node shows the URL in this error, and a URL may have a password.
  const isUrl = (thrown as { code?: unknown } | null)?.code === "ERR_INVALID_URL";
  if (isUrl) return unavailable(schema, "its URL cannot be read");
  const why = typeof thrown === "string" ? thrown : describeFailure(thrown);
  return new CodeModeError(
    "ERR_STORE_UNAVAILABLE",
    `The store in the schema "${schema}" of PostgreSQL cannot be used: ${why.replace(/\.$/, "")}.`,
    typeof thrown === "string" ? {} : { cause: thrown },
  );
}

/** Where a name has several addresses, each has failed in its own way, and the error that has them says nothing. */
function describeFailure(thrown: unknown): string {
  const { errors, message } = (thrown ?? {}) as { errors?: unknown; message?: unknown };
  if (!Array.isArray(errors) || errors.length === 0 || message !== "")
    return describeThrown(thrown);
  return errors.map(describeThrown).join("; ");
}
