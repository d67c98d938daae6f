import { explainOutcome } from "../../model/explain.js";
import type { SyntaxProblem } from "../../model/typescript/syntax-problem.js";
import type { EndedOutcome } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";
import { followCell } from "../follow-cell.js";
import { MediaKeeper } from "../media-keeper.js";
import { errorOfProblem } from "../refused-source.js";
import type { Report } from "../report.js";
import type { SessionCommandOptions } from "../session-options.js";
import type { RunnableEntry } from "./read-entry.js";
import type { ShownResult } from "./shown-result.js";

export interface EntryRunnerOptions extends SessionCommandOptions {
  readonly report: Report;
  /** Terminates the cell that runs. */
  readonly signal: AbortSignal;
}

/** Runs entries as cells of a session, one at a time. */
export class EntryRunner {
  readonly #session: Session;
  readonly #options: EntryRunnerOptions;
  #count = 0;
  #running: AbortController | undefined;

  constructor(session: Session, options: EntryRunnerOptions) {
    this.#session = session;
    this.#options = options;
  }

  /** Terminates the cell that runs, if one does. */
  terminate(): void {
    this.#running?.abort(new Error("interrupted"));
  }

  /**
   * Runs an entry, and shows what it hands out and what goes wrong.
   *
   * @param file - What messages call it; by default its number.
   * @returns Whether it completed, and its media were saved.
   */
  async run(entry: RunnableEntry, file?: string): Promise<boolean> {
    this.#count += 1;
    const prefix = `cell-${this.#count}`;
    const name = file ?? prefix;
    if (entry.type === "problem") {
      this.#refuse(entry.problem, name);
      return false;
    }
    const { report, out } = this.#options;
    const media = new MediaKeeper(prefix, { out, report });
    report.entryStarts();
    const outcome = await this.#follow(entry.cell, media);
    const written = explainOutcome(entry.cell.asWritten(outcome)) as EndedOutcome;
    report.entryEnds(name, written);
    return outcome.status === "completed" && media.isSaved;
  }

  async #follow(cell: ShownResult, media: MediaKeeper): Promise<EndedOutcome> {
    const { report, signal, yieldAfter } = this.#options;
    const running = new AbortController();
    this.#running = running;
    try {
      return await followCell(this.#session, cell.source, {
        yieldAfterMs: yieldAfter,
        signal: AbortSignal.any([signal, running.signal]),
        onEvent: (event) => {
          if (event.type !== "output") {
            report.cellEvent(event);
          } else if (event.item.type === "text") {
            const text = cell.textAsWritten(event.item.text);
            report.cellEvent({ ...event, item: { type: "text", text } });
          } else {
            media.take(event.item);
          }
        },
      });
    } finally {
      this.#running = undefined;
    }
  }

  #refuse(problem: SyntaxProblem, name: string): void {
    this.#options.report.cellError(name, errorOfProblem(problem));
  }
}
