import { readApproval } from "../durable/decisions.js";
import type { OpenQuestions } from "../durable/open-questions.js";
import type { DurableStore } from "../durable/store.js";
import type { DecideOutcome, Decision, KeptApproval } from "../protocol/approvals.js";

/** The questions about calls of one session's durable cells. */
export class SessionApprovals {
  readonly #store: DurableStore;
  readonly #questions: OpenQuestions;
  readonly #sessionId: string;

  constructor(
    { store, questions }: { readonly store: DurableStore; readonly questions: OpenQuestions },
    sessionId: string,
  ) {
    this.#store = store;
    this.#questions = questions;
    this.#sessionId = sessionId;
  }

  /**
   * Those of a cell, the oldest first, whether decided or not; none where the cell is another session's.
   *
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE; ERR_INVALID_JOURNAL if a record is damaged.
   */
  async of(cellId: string): Promise<readonly KeptApproval[]> {
    const sessionId = this.#sessionId;
    return (await this.#store.approvals({ cellId, sessionId })).map(readApproval);
  }

  /**
   * @param approvalId - That of a question of this session; it is not checked.
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE.
   */
  decide(approvalId: string, decision: Decision): Promise<DecideOutcome> {
    return this.#questions.decide(approvalId, decision);
  }
}
