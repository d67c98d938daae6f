import type { HostError } from "./cell-host.js";
import type { CellError, SourcePosition } from "./outcome.js";

/** A limit that the host watches, and by how much a cell passed it. */
export interface PassedLimit {
  readonly name: "wallMs" | "outputBytes";
  readonly allowed: number;
  readonly used: number;
}

/** Turns what the cell's host reports into what an outcome carries. */
export function toCellError(error: HostError): CellError {
  const position = toPosition(error);
  return {
    code: error.code,
    name: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(position !== undefined && { position }),
    ...(error.cause !== undefined && { cause: toCellError(error.cause) }),
    ...(error.allowed !== undefined &&
      error.used !== undefined && {
        limit: { name: "heapBytes", allowed: error.allowed, used: error.used },
      }),
    text: error.text,
  };
}

function toPosition(error: HostError): SourcePosition | undefined {
  const { line, column, sourceLine } = error;
  if (line === undefined || column === undefined) return undefined;
  return { line, column, sourceLine: sourceLine ?? "" };
}

/** The error of a cell that passed a limit the host watches. */
export function limitError(limit: PassedLimit): CellError {
  const message = limitMessage(limit);
  return {
    code: limit.name === "wallMs" ? "ERR_CELL_WALL_LIMIT" : "ERR_CELL_OUTPUT_LIMIT",
    name: "RangeError",
    message,
    limit,
    text: `RangeError: ${message}`,
  };
}

function limitMessage({ name, allowed, used }: PassedLimit): string {
  return name === "wallMs"
    ? `The cell was ended after ${Math.round(used)} ms: it may run for ${allowed} ms.`
    : `The cell was ended: its output may have ${allowed} bytes, and the next item makes it ${used}.`;
}

/** The error of a cell whose engine ran out of memory before it could say anything. */
export function parkedError(): CellError {
  const message = "The cell ran out of memory.";
  return {
    code: "ERR_CELL_HEAP_LIMIT",
    name: "RangeError",
    message,
    text: `RangeError: ${message}`,
  };
}

/** The error of a cell whose thread ended without telling how. */
export function lostError(): CellError {
  const message = "The cell's thread ended without a result.";
  return { code: "ERR_CELL_ENGINE", name: "Error", message, text: `Error: ${message}` };
}
