import { CodeModeError } from "../base/errors.js";
import type { Decision, KeptApproval, KeptDecision } from "../protocol/approvals.js";
import type { AskedRecord } from "./records.js";
import { refuseSealed } from "./sealed.js";
import type { StoredApproval, StoredDecision } from "./store.js";

/** A decision as a store keeps it; undefined where its input is nothing that JSON has. */
export function decisionBody({ verdict, by, note, input }: Decision): string | undefined {
  try {
    if (input !== undefined && JSON.stringify(input) === undefined) return undefined;
    return JSON.stringify({ verdict, by, note, input });
  } catch {
    return undefined;
  }
}

/**
 * A decision as a program reads it.
 *
 * @param what - What it is, as the beginning of a sentence.
 * @throws {CodeModeError} ERR_INVALID_JOURNAL if it is no decision; ERR_STORE_KEY if it is sealed.
 */
export function readDecision({ at, body }: StoredDecision, what = "A decision"): KeptDecision {
  const { verdict, by, note, input } = parse(body, what);
  const isText = (value: unknown): boolean => value === undefined || typeof value === "string";
  if ((verdict !== "approve" && verdict !== "deny") || !isText(by) || !isText(note)) {
    throw damaged(what);
  }
  return {
    verdict,
    at,
    ...(by !== undefined && { by: String(by) }),
    ...(note !== undefined && { note: String(note) }),
    ...(input !== undefined && { input }),
  };
}

/**
 * A question as a program reads it.
 *
 * @throws {CodeModeError} ERR_INVALID_JOURNAL if its record, or its decision, is damaged or that of another question;
 *   ERR_STORE_KEY if they are sealed.
 */
export function readApproval(stored: StoredApproval): KeptApproval {
  const { approvalId, cellId, sessionId, record, decision, hasEnded } = stored;
  const what = `The question ${approvalId} of the cell ${cellId}`;
  const { callId, tool, namespace, description, input, reason, approval } = parse(
    record.body,
    what,
  ) as unknown as AskedRecord;
  // Who approves it must not be shown another.
  const isIt = approval === approvalId && typeof tool === "string" && typeof callId === "string";
  if (!isIt) throw damaged(what);
  const state = hasEnded ? "ended" : "open";
  return {
    approvalId,
    sessionId,
    cellId,
    callId,
    tool,
    namespace,
    description,
    input,
    ...(reason !== undefined && { reason }),
    askedAt: record.at,
    state: decision === undefined ? state : "decided",
    ...(decision !== undefined && {
      decision: readDecision(
        decision,
        `The decision about the question ${approvalId} of the cell ${cellId}`,
      ),
    }),
  };
}

function parse(body: string, what: string): Readonly<Record<string, unknown>> {
  refuseSealed(body, what);
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === "object" && value !== null) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch {}
  throw damaged(what);
}

function damaged(what: string): CodeModeError {
  return new CodeModeError(
    "ERR_INVALID_JOURNAL",
    `${what} cannot be read: it is not what it must be. It goes with its cell, which codecell cells forget and store.forget delete.`,
  );
}
