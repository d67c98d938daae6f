import type { DecideOutcome } from "../protocol/approvals.js";
import type { CellEvent } from "../protocol/events.js";
import type { CellOutcome, ExecOutcome } from "../protocol/outcome.js";
import { answerError, isObject } from "./server-error.js";

/** @throws {CodeModeError} ERR_SERVER_ANSWER. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw answerError("sends what is not JSON", { cause });
  }
}

/** @throws {CodeModeError} ERR_SERVER_ANSWER if it is no outcome of a cell. */
export function readOutcome(value: unknown): CellOutcome {
  if (isOutcome(value)) return value;
  throw answerError("sends what is no outcome of a cell");
}

/** @throws {CodeModeError} ERR_SERVER_ANSWER if it is no outcome of an exec. */
export function readExecOutcome(value: unknown): ExecOutcome {
  const outcome = readOutcome(value);
  if (outcome.status !== "missing") return outcome;
  throw answerError("has lost the cell that it was to run");
}

/** Looks at what this package itself reads; the rest is as the server says. */
function isOutcome(value: unknown): value is CellOutcome {
  if (!isObject(value) || typeof value["cellId"] !== "string") return false;
  const { status, output, logs, usage, cursor, error, warnings } = value;
  if (status === "missing") return true;
  if (!Array.isArray(output) || !Array.isArray(logs) || !isObject(usage)) return false;
  if (cursor !== undefined && !Number.isSafeInteger(cursor)) return false;
  if (status === "yielded") return true;
  if (!Array.isArray(warnings)) return false;
  if (status === "failed") return isObject(error) && typeof error["text"] === "string";
  return status === "completed" || status === "terminated";
}

/** An event with the session's own id; undefined where it is none that this version knows how to read. */
export function readCellEvent(value: unknown, sessionId: string): CellEvent | undefined {
  return isCellEvent(value) ? { ...value, sessionId } : undefined;
}

function isCellEvent(value: unknown): value is CellEvent {
  return (
    isObject(value) && typeof value["type"] === "string" && typeof value["cellId"] === "string"
  );
}

/**
 * The list that an answer has under a name. What belongs to a session has its id, as its client knows it.
 *
 * @throws {CodeModeError} ERR_SERVER_ANSWER if there is none of objects.
 */
export function readList<Item>(answer: unknown, name: string): readonly Item[] {
  const list = isObject(answer) ? answer[name] : undefined;
  if (!Array.isArray(list) || !list.every(isObject)) throw answerError(`sends no list of ${name}`);
  const items: unknown = list.map(({ tenant: _tenant, session, ...item }) =>
    session === undefined ? item : { ...item, sessionId: session },
  );
  return items as readonly Item[];
}

/** @throws {CodeModeError} ERR_SERVER_ANSWER. */
export function readValues(answer: unknown): Readonly<Record<string, unknown>> {
  const values = isObject(answer) ? answer["values"] : undefined;
  if (isObject(values)) return values;
  throw answerError("sends no stored values");
}

/** @throws {CodeModeError} ERR_SERVER_ANSWER. */
export function readDecideOutcome(answer: unknown): DecideOutcome {
  if (isDecideOutcome(answer)) return answer;
  throw answerError("sends what is no outcome of a decision");
}

function isDecideOutcome(answer: unknown): answer is DecideOutcome {
  if (!isObject(answer)) return false;
  const { status, decision } = answer;
  if (status === "decided" || status === "alreadyDecided") return isObject(decision);
  return status === "ended" || status === "missing";
}
