import { describeValue } from "../base/describe-value.js";
import {
  type ArgumentsShape,
  readArguments,
  readCount,
  readFlag,
  wrong,
} from "./tool-arguments.js";

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
  const values = readArguments(input, shape);
  const cellId = values["cell_id"];
  // An id looks like a number, and some models send it as one.
  if (typeof cellId !== "string" && !Number.isSafeInteger(cellId)) {
    throw wrong(
      shape,
      `wants \`cell_id\` as the string that exec gave; got ${describeValue(cellId)}`,
    );
  }
  return {
    cellId: String(cellId),
    yieldAfterMs: readCount(values, "yield_time_ms", shape),
    maxTokens: readCount(values, "max_tokens", shape),
    terminates: readFlag(values, "terminate", shape),
  };
}
