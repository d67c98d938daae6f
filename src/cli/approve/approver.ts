import type {
  ApprovalAnswer,
  ApprovalDecision,
  ApprovalHandler,
  ApprovalRequest,
} from "../../index.js";
import type { Style } from "../terminal.js";
import { userName } from "../user-name.js";
import { ApprovalRules } from "./approval-rules.js";
import { describeRequest } from "./describe-request.js";

/** Someone who can be asked. */
export interface Questioner {
  /**
   * Shows a text and asks for one line below it.
   *
   * @param signal - Takes the question back.
   * @returns The line; undefined where none came.
   */
  ask(text: string, question: string, signal: AbortSignal): Promise<string | undefined>;
}

export interface ApproverOptions {
  /** Values of `--approve`: `all`, `none`, `ask` and patterns of tools' names. */
  readonly approve: readonly string[];
  readonly style: Style;
  /** Says where a question of a durable cell can be answered; `text` shows it where nothing has yet. */
  readonly onLeftOpen: (approvalId: string, text?: string) => void;
}

/** Decides about tool calls that need approval by what `--approve` says, or asks the person. */
export class Approver {
  /** The person at the terminal; undefined if there is none. */
  questioner: Questioner | undefined;
  readonly #rules: ApprovalRules;
  readonly #style: Style;
  readonly #leavesOpen: boolean;
  readonly #onLeftOpen: ApproverOptions["onLeftOpen"];
  /** Tools that the person has approved for good. */
  readonly #always = new Set<string>();
  /** Settled when the questions asked so far have been. */
  #asked: Promise<unknown> = Promise.resolve();

  constructor({ approve, style, onLeftOpen }: ApproverOptions) {
    this.#rules = new ApprovalRules(approve);
    this.#style = style;
    this.#leavesOpen = approve.includes("ask");
    this.#onLeftOpen = onLeftOpen;
  }

  readonly decide: ApprovalHandler = (request, { signal }) => {
    const decided = this.#rules.decide(request);
    if (decided !== undefined) return decided;
    const { questioner } = this;
    if (questioner === undefined) {
      if (this.#leavesOpen && request.approvalId !== undefined) {
        this.#onLeftOpen(request.approvalId, describeRequest(request, this.#style));
        return undefined;
      }
      return refusal(
        `there is no terminal to ask at; start codecell with --approve ${request.tool}, or with --approve all`,
      );
    }
    // One question at a time.
    const answer = this.#asked.then(() => this.#ask(questioner, request, signal));
    this.#asked = answer.catch(() => undefined);
    return answer;
  };

  async #ask(
    questioner: Questioner,
    request: ApprovalRequest,
    signal: AbortSignal,
  ): Promise<ApprovalAnswer> {
    if (this.#always.has(request.tool)) return approval("always");
    let text = describeRequest(request, this.#style);
    while (!signal.aborted) {
      const line = await questioner.ask(
        text,
        "  Approve? y(es), n(o), a(lways, this tool): ",
        signal,
      );
      switch (line?.trim().toLowerCase()) {
        case "y":
        case "yes":
          return approval();
        case "a":
        case "always":
          this.#always.add(request.tool);
          return approval();
        case "n":
        case "no":
          return { ...refusal("the person at the terminal said no"), by: userName() };
        case undefined:
          if (signal.aborted) return undefined;
          // The terminal may be gone, and the person may come back.
          if (request.approvalId !== undefined) {
            this.#onLeftOpen(request.approvalId);
            return undefined;
          }
          return refusal("the person at the terminal did not answer");
        default:
          text = this.#style.dim("  Please answer y, n or a.");
      }
    }
    return false;
  }
}

/** Of the person at the terminal. */
function approval(reason?: string): ApprovalDecision {
  return { approved: true, reason, by: userName() };
}

function refusal(reason: string): ApprovalDecision {
  return { approved: false, reason };
}
