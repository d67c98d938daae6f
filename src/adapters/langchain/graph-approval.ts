import { CodeModeError } from "../../base/errors.js";
import { invalidOption } from "../../base/option-checks.js";
import { checkDecision } from "../../options/approval-options.js";
import type { Decision, KeptApproval } from "../../protocol/approvals.js";
import type { SessionApprovals } from "../../session/session-approvals.js";
import { readWaitInput } from "../wait-input.js";

/** LangGraph's `interrupt`: throws out of the graph, and returns the answer when the graph is resumed. */
export type InterruptFunction = (value: unknown) => unknown;

/**
 * Lets LangGraph interrupt its graph while a cell waits for approval. The value of the interrupt has the questions;
 * that with which the graph is resumed has a decision for each, by its id, so that nothing is decided that nobody was
 * shown.
 */
export class GraphApproval {
  readonly #approvals: SessionApprovals;
  readonly #interrupt: InterruptFunction;

  constructor(approvals: SessionApprovals, interrupt: InterruptFunction) {
    this.#approvals = approvals;
    this.#interrupt = interrupt;
  }

  /**
   * To be called before wait runs.
   *
   * @param input - That of wait, as the model wrote it.
   * @throws {CodeModeError} ERR_INVALID_OPTION if the graph was resumed with something else; ERR_STORE_UNAVAILABLE.
   * @throws What `interrupt` throws.
   */
  async settle(input: unknown): Promise<void> {
    const asked = readWaitInput(input);
    if (asked === undefined || asked.terminates) return;
    const questions = await this.#approvals.of(asked.cellId);
    const open = questions.filter(({ state }) => state === "open");
    if (open.length === 0) return;
    const decisions = readDecisions(this.#interrupt({ approvals: open.map(shown) }), questions);
    for (const { approvalId } of open) {
      const decision = decisions.get(approvalId);
      if (decision !== undefined) await this.#approvals.decide(approvalId, decision);
    }
  }
}

/** What a person is shown of a question. */
function shown({ approvalId, cellId, tool, input, reason }: KeptApproval): object {
  return { approvalId, cellId, tool, input, ...(reason !== undefined && { reason }) };
}

/** @param questions - Those of the cell. One may have been decided elsewhere since it was shown. */
function readDecisions(
  answer: unknown,
  questions: readonly KeptApproval[],
): ReadonlyMap<string, Decision> {
  const expected = 'a decision for each question by its id, {"ID": {"verdict": "approve"}}';
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) {
    throw invalidOption("resume", expected, answer);
  }
  const decisions = new Map<string, Decision>();
  for (const [id, decision] of Object.entries(answer)) {
    if (!questions.some(({ approvalId }) => approvalId === id)) {
      throw new CodeModeError(
        "ERR_INVALID_OPTION",
        `resume must have ${expected}; the cell has asked no question with the id ${JSON.stringify(id)}.`,
      );
    }
    checkDecision(decision as Decision);
    decisions.set(id, decision as Decision);
  }
  return decisions;
}
