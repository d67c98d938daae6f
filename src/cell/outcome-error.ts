import type { BackendError, Passed } from "../protocol/cell-backend.js";
import type { CellError, SourcePosition } from "../protocol/outcome.js";
import { cutText, maxErrorText } from "./bounded-texts.js";

/** Turns what a backend reports into what an outcome carries. */
export function toCellError(error: BackendError): CellError {
  const position = toPosition(error);
  return {
    code: error.code,
    name: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(position !== undefined && { position }),
    ...(error.cause !== undefined && { cause: toCellError(error.cause) }),
    ...(error.limit !== undefined &&
      error.allowed !== undefined &&
      error.used !== undefined && {
        limit: { name: error.limit, allowed: error.allowed, used: error.used },
      }),
    ...(error.signal !== undefined && { signal: error.signal }),
    text: cutText(error.text, maxErrorText),
  };
}

function toPosition(error: BackendError): SourcePosition | undefined {
  const { line, column, sourceLine } = error;
  if (line === undefined || column === undefined) return undefined;
  return { line, column, sourceLine: sourceLine ?? "" };
}

/** The error of a cell that ran for longer than it may. */
export function wallLimitError({ allowed, used }: Passed): CellError {
  const message =
    `the cell was ended after ${Math.round(used)} ms: it may run for ${allowed} ms ` +
    "(limits.wallMs); do less in one cell";
  return {
    code: "ERR_CELL_WALL_LIMIT",
    name: "RangeError",
    message,
    limit: { name: "wallMs", allowed, used },
    text: `RangeError: ${message}`,
  };
}

/** The error of a cell whose output is not observed. */
export function unseenLimitError({ allowed, used }: Passed): CellError {
  const message =
    `the cell was ended because ${used} bytes of output wait to be observed, of at ` +
    `most ${allowed} for all cells together (limits.unseenBytes); hand out less, and wait for cells that run`;
  return {
    code: "ERR_CELL_OUTPUT_LIMIT",
    name: "RangeError",
    message,
    limit: { name: "unseenBytes", allowed, used },
    text: `RangeError: ${message}`,
  };
}

/** The error of a cell whose thread ended without telling how. */
export function lostError(): CellError {
  const message = "The cell's thread ended without a result.";
  return { code: "ERR_CELL_ENGINE", name: "Error", message, text: `Error: ${message}` };
}
