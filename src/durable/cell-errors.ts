import type { BackendError } from "../protocol/cell-backend.js";

/** The cell has stopped its process each time. */
export function givenUpError(times: number): BackendError {
  const message =
    `the cell was given up: ${times} times it was resumed, and each time its process ended before it had ` +
    "come to where it was";
  return { code: "ERR_CELL_HOST_LOST", name: "Error", message, text: `Error: ${message}` };
}

/** The cell has ended for good. */
export function journalFullError(): BackendError {
  const message =
    "the cell has written more than the 64 MiB that the journal of a durable cell may have: its source, the inputs " +
    "and results of its calls, its output and what it stores. Let tools return less, and start anew";
  return { code: "ERR_CELL_JOURNAL_LIMIT", name: "Error", message, text: `Error: ${message}` };
}

/** The cell has to end here; `wait` can resume it. */
export function storeError(message: string): BackendError {
  return { code: "ERR_CELL_STORE", name: "Error", message, text: `Error: ${message}` };
}

export function notWritten(cause: Error): string {
  return (
    "the cell was ended because what it did could not be written to the store of durable cells, and without " +
    `that nothing of it may have an effect. ${cause.message}`
  );
}
