import { explainOutcome, withWrittenLine } from "../model/explain.js";
import { toJavaScript } from "../model/typescript/to-javascript.js";
import type { CellEvent } from "../protocol/events.js";
import type { EndedOutcome } from "../protocol/outcome.js";
import type { Session } from "../session/session.js";
import { CallRecords } from "./call-record.js";
import { type FollowOptions, followCell } from "./follow-cell.js";
import type { CellResult, RunResult } from "./json-document.js";
import { MediaKeeper } from "./media-keeper.js";
import { resumeCommand } from "./next-commands.js";
import type { SessionContext } from "./open-session.js";
import type { StoreOptions } from "./open-store.js";
import { outcomeOfProblem } from "./refused-source.js";
import type { CellSource } from "./run-inputs.js";
import type { SessionCommandOptions } from "./session-options.js";

/**
 * Runs the cells one after another; what one stores, the next can load. A cell that does not
 * complete is the last to run, because those after it may build on it.
 */
export async function runCells(
  session: Session,
  sources: readonly CellSource[],
  options: SessionCommandOptions & SessionContext & { readonly store?: string },
): Promise<RunResult> {
  const { report, interrupt } = options;
  const cells: CellResult[] = [];
  for (const [index, { file, source }] of sources.entries()) {
    if (interrupt.exitCode !== undefined) {
      break;
    }
    report.cellStarts(file);
    const media = new MediaKeeper(`cell-${index + 1}`, options);
    const calls = new CallRecords();
    const outcome = await runSource(session, source, {
      yieldAfterMs: options.yieldAfter,
      signal: interrupt.signal,
      isDurable: options.store !== undefined,
      onCellId: (cellId) => options.terminal.note(options.terminal.style.dim(`  cell ${cellId}`)),
      onEvent: (event: CellEvent) => {
        report.cellEvent(event);
        calls.take(event);
        if (event.type === "output") {
          media.take(event.item);
        }
      },
    });
    report.cellEnds(file, outcome);
    if (options.store !== undefined && interrupt.exitCode !== undefined) {
      tellHowItGoesOn(outcome, { ...options, store: options.store });
    }
    const { saved, isSaved } = media;
    cells.push({ file, outcome, calls: calls.settled, saved, isSaved });
    if (outcome.status !== "completed") {
      break;
    }
  }
  const leftOut = sources.slice(cells.length).map(({ file }) => file);
  if (leftOut.length > 0) {
    report.cellsLeftOut(leftOut);
  }
  const isDone = leftOut.length === 0 && cells.every(isFulfilled);
  return { cells, exitCode: interrupt.exitCode ?? (isDone ? 0 : 1) };
}

/** The person has ended the command, and the cell is still there. */
function tellHowItGoesOn(
  { status, cellId }: EndedOutcome,
  options: SessionContext & SessionCommandOptions & StoreOptions,
): void {
  if (status !== "terminated") return;
  const { terminal } = options;
  terminal.note(terminal.style.dim(`  It goes on with: ${resumeCommand(cellId, options)}`));
}

/** Runs JavaScript, or TypeScript, whose errors are told in the lines that were written. */
async function runSource(
  session: Session,
  written: string,
  options: FollowOptions,
): Promise<EndedOutcome> {
  const ready = await toJavaScript(written);
  if ("problem" in ready) return outcomeOfProblem(ready.problem);
  const { source } = ready;
  const outcome = await followCell(session, source, options);
  const told = withWrittenLine(outcome, { run: source, written });
  return explainOutcome(told, session.settings.tools.tools) as EndedOutcome;
}

function isFulfilled({ outcome, isSaved }: CellResult): boolean {
  return outcome.status === "completed" && isSaved;
}
