import {
  checkOneOf,
  checkOptionsObject,
  checkString,
  checkWholeNumber,
  invalidOption,
} from "../base/option-checks.js";
import type { ApprovalsQuery, Decision } from "../protocol/approvals.js";

/** UTF-16 units of who decides, and why: they are shown to people. */
const maxTextLength = 10_000;

/** @throws {CodeModeError} ERR_INVALID_OPTION, naming the option. */
export function checkApprovalsQuery(query: ApprovalsQuery): void {
  checkOptionsObject("the query of approvals", query, [
    "cellId",
    "sessionId",
    "state",
    "after",
    "limit",
  ]);
  checkString("cellId", query.cellId);
  checkString("sessionId", query.sessionId);
  checkOneOf("state", query.state, ["open", "all"]);
  checkString("after", query.after);
  checkWholeNumber("limit", query.limit, { unit: "questions", least: 1 });
}

/** @throws {CodeModeError} ERR_INVALID_OPTION, naming the option. */
export function checkDecision(decision: Decision): void {
  checkOptionsObject("the decision", decision, ["verdict", "by", "note", "input"]);
  const { verdict, by, note, input } = decision;
  // Nothing but a clear yes approves.
  if (verdict !== "approve" && verdict !== "deny") {
    throw invalidOption("verdict", '"approve" or "deny"', verdict);
  }
  for (const [name, text] of [["by", by] as const, ["note", note] as const]) {
    checkString(name, text);
    if (text !== undefined && text.length > maxTextLength) {
      throw invalidOption(name, `a string of at most ${maxTextLength} characters`, text);
    }
  }
  if (verdict === "deny" && input !== undefined) {
    throw invalidOption("input", 'undefined with the verdict "deny"', input);
  }
}
