import type { CellEvent } from "../events.js";
import type { OutputItem } from "../outcome.js";
import type { Session } from "../session.js";
import { followCell } from "./follow-cell.js";
import type { CellResult, RunResult } from "./json-document.js";
import { type MediaItem, saveMedia } from "./media.js";
import type { RunContext, RunOptions } from "./run.js";
import type { CellSource } from "./run-inputs.js";

/**
 * Runs the cells one after another; what one stores, the next can load. A cell that does not
 * complete is the last to run, because those after it may build on it.
 */
export async function runCells(
  session: Session,
  sources: readonly CellSource[],
  options: RunOptions & RunContext,
): Promise<RunResult> {
  const { report, interrupt } = options;
  const cells: CellResult[] = [];
  for (const [index, { file, source }] of sources.entries()) {
    if (interrupt.exitCode !== undefined) {
      break;
    }
    report.cellStarts(file);
    const media = new MediaKeeper(`cell-${index + 1}`, options);
    const outcome = await followCell(session, source, {
      yieldAfterMs: options.yieldAfter,
      signal: interrupt.signal,
      onEvent: (event: CellEvent) => {
        report.cellEvent(event);
        if (event.type === "output") {
          media.take(event.item);
        }
      },
    });
    report.cellEnds(file, outcome);
    cells.push({ file, outcome, saved: media.saved, isSaved: media.isSaved });
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

function isFulfilled({ outcome, isSaved }: CellResult): boolean {
  return outcome.status === "completed" && isSaved;
}

/** Saves a cell's images and sounds under numbered names, where they are to be saved. */
class MediaKeeper {
  readonly saved: string[] = [];
  readonly #prefix: string;
  readonly #options: RunOptions & RunContext;
  #count = 0;
  #isSaved = true;

  constructor(prefix: string, options: RunOptions & RunContext) {
    this.#prefix = prefix;
    this.#options = options;
  }

  /** False where an item could not be written. */
  get isSaved(): boolean {
    return this.#isSaved;
  }

  take(item: OutputItem): void {
    if (item.type === "text") {
      return;
    }
    this.#count += 1;
    this.#options.report.media(item, this.#save(item));
  }

  #save(item: MediaItem): string | undefined {
    const { out, report } = this.#options;
    if (out === undefined) {
      return undefined;
    }
    try {
      const path = saveMedia(item, out, `${this.#prefix}-${item.type}-${this.#count}`);
      if (path !== undefined) {
        this.saved.push(path);
      }
      return path;
    } catch (error) {
      this.#isSaved = false;
      report.mediaNotSaved(error as Error);
      return undefined;
    }
  }
}
