import { CodeModeError, type CodeModeErrorCode } from "../base/errors.js";
import { beginningOf } from "../base/shorten.js";

/** Characters of a server's own message that are passed on. */
const maxMessageLength = 4000;

/** @param what - What the server does, after "The server". */
export function answerError(what: string, options?: ErrorOptions): CodeModeError {
  return new CodeModeError(
    "ERR_SERVER_ANSWER",
    `The server ${what}. Check that the url is that of codecell serve.`,
    options,
  );
}

/** The error that a server tells of in its answer, or in an event; undefined where that is not how it tells. */
export function readServerError(answer: unknown): CodeModeError | undefined {
  if (!isObject(answer) || !isObject(answer["error"])) return undefined;
  const { code, message, requestId } = answer["error"];
  if (!isErrorCode(code) || typeof message !== "string") return undefined;
  const request =
    typeof requestId === "string" ? ` (request ${beginningOf(requestId, 100)} of the server)` : "";
  return new CodeModeError(code, `${beginningOf(message, maxMessageLength)}${request}`);
}

/** A newer server may have codes for which this version has no name: they are passed on as well. */
function isErrorCode(code: unknown): code is CodeModeErrorCode {
  return typeof code === "string" && /^ERR_[A-Z_]{1,60}$/.test(code);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
