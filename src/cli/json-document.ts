import { CodeModeError } from "../base/errors.js";
import type { EndedOutcome } from "../protocol/outcome.js";
import type { CallRecord } from "./call-record.js";
import { jsonText } from "./format.js";

/** What became of one cell. */
export interface CellResult {
  readonly file: string;
  /** With everything the cell handed out, from all its yields. */
  readonly outcome: EndedOutcome;
  readonly calls: readonly CallRecord[];
  /** Paths of the media that were saved. */
  readonly saved: readonly string[];
  /** False where media should have been saved and could not be. */
  readonly isSaved: boolean;
}

/** What became of a run. */
export interface RunResult {
  readonly cells: readonly CellResult[];
  readonly exitCode: number;
  /** Why no cell ran, or which file of the run could not be written. */
  readonly error?: Error;
}

/** The document of `--json`; docs/cli.md describes it. */
export function jsonDocument({ cells, exitCode, error }: RunResult): string {
  const document = {
    status: statusOf(exitCode),
    exitCode,
    cells: cells.map(({ file, outcome, calls, saved }) => ({
      file,
      ...outcome,
      calls,
      ...(saved.length > 0 && { saved }),
    })),
    ...(error && {
      error: {
        code: error instanceof CodeModeError ? error.code : "ERR_USAGE",
        message: error.message,
      },
    }),
  };
  return jsonText(document);
}

function statusOf(exitCode: number): "completed" | "failed" | "interrupted" {
  if (exitCode === 0) {
    return "completed";
  }
  return exitCode > 128 ? "interrupted" : "failed";
}
