import { ArgumentReader, type ArgumentsShape } from "./tool-arguments.js";

/** What a model asks of a cell that it has started. */
export interface WaitInput {
  readonly cellId: string;
  /** Milliseconds; undefined where the model does not say. */
  readonly yieldAfterMs: number | undefined;
  /** Tokens; undefined where the model does not say. */
  readonly maxTokens: number | undefined;
  readonly terminates: boolean;
}

const shape: ArgumentsShape = {
  tool: "wait",
  known: ["cell_id", "yield_time_ms", "max_tokens", "terminate"],
  example: '{"cell_id": "7"}',
};

/**
 * Reads the arguments of wait.
 *
 * @throws {ModelInputError} If they are not what wait takes.
 */
export function readWait(input: unknown): WaitInput {
  const reader = new ArgumentReader(input, shape);
  const cellId = reader.read("cell_id", "the string that exec gave", isCellId);
  const yieldAfterMs = reader.readCount("yield_time_ms");
  const maxTokens = reader.readCount("max_tokens");
  const terminates = reader.readFlag("terminate");
  reader.finish();
  return { cellId: String(cellId), yieldAfterMs, maxTokens, terminates };
}

/** An id looks like a number, and some models send it as one. */
function isCellId(value: unknown): value is string | number {
  return typeof value === "string" || Number.isSafeInteger(value);
}
