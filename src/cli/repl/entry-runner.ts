import { explainOutcome } from "../../model/explain.js";
import type { SyntaxProblem } from "../../model/typescript/syntax-problem.js";
import type { EndedOutcome } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";
import { followCell } from "../follow-cell.js";
import { visible } from "../format.js";
import { MediaKeeper } from "../media-keeper.js";
import { errorOfProblem } from "../refused-source.js";
import type { Report } from "../report.js";
import type { SessionCommandOptions } from "../session-options.js";
import { KeptNames } from "./kept-names.js";
import type { RunnableEntry } from "./read-entry.js";
import { type ShownResult, showResult } from "./shown-result.js";
import type { ValueNode } from "./shown-value.js";

export interface EntryRunnerOptions extends SessionCommandOptions {
  readonly report: Report;
  /** Terminates the cell that runs. */
  readonly signal: AbortSignal;
  /** What texts of the cells' own module begin with. */
  readonly mark: string;
  /** Shows the value of an entry; undefined where it is shown as `text` shows it. */
  readonly showValue: ((value: ValueNode) => void) | undefined;
}

/** What the module of cell-module.ts says. */
interface CellNote {
  readonly shown?: ValueNode;
  readonly saved?: readonly string[];
  readonly lost?: readonly (readonly [name: string, why: string])[];
}

/** Runs entries as cells of a session, one at a time. */
export class EntryRunner {
  readonly #session: Session;
  readonly #options: EntryRunnerOptions;
  readonly #kept = new KeptNames();
  #count = 0;
  #running: AbortController | undefined;

  constructor(session: Session, options: EntryRunnerOptions) {
    this.#session = session;
    this.#options = options;
  }

  /** The names that entries have declared, and the next one finds. */
  get names(): readonly string[] {
    return this.#kept.names;
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
    const surroundings = this.#kept.around(entry.source, entry.declared);
    const showAs = this.#options.showValue === undefined ? "text" : "value";
    const cell = showResult({ entry, surroundings, showAs });
    const notes: CellNote[] = [];
    const outcome = await this.#follow(cell, media, (note) => notes.push(note));
    const written = explainOutcome(
      cell.asWritten(outcome),
      this.#session.settings.tools.tools,
    ) as EndedOutcome;
    report.entryEnds(name, written);
    if (outcome.status === "completed") {
      const saved = notes.flatMap((note) => note.saved ?? []);
      this.#kept.take(surroundings, entry.declared, saved);
      const lost = notes.flatMap((note) => note.lost ?? []);
      if (lost.length > 0) {
        const list = lost.map(([lostName, why]) => `${lostName} (${why})`).join(", ");
        report.remark(visible(`not there in the next entry: ${list}`));
      }
    }
    return outcome.status === "completed" && media.isSaved;
  }

  async #follow(
    cell: ShownResult,
    media: MediaKeeper,
    onNote: (note: CellNote) => void,
  ): Promise<EndedOutcome> {
    const { report, signal, yieldAfter, mark, showValue } = this.#options;
    const running = new AbortController();
    this.#running = running;
    try {
      return await followCell(this.#session, cell.source, {
        yieldAfterMs: yieldAfter,
        signal: AbortSignal.any([signal, running.signal]),
        onEvent: (event) => {
          if (event.type !== "output") {
            report.cellEvent(event);
          } else if (event.item.type === "text" && event.item.text.startsWith(mark)) {
            const note = JSON.parse(event.item.text.slice(mark.length)) as CellNote;
            onNote(note);
            if (note.shown !== undefined) showValue?.(cell.valueAsWritten(note.shown));
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
