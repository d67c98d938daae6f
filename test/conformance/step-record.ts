import { createHash } from "node:crypto";
import {
  type CellOutcome,
  CodeModeError,
  formatOutcome,
  type OutputItem,
  truncateOutput,
} from "../../src/index.js";
import type { Count, ItemRecord, LongText, StepRecord } from "./recorded-case.js";

const maxTextLength = 4000;
const shownOfLongText = 200;

export interface StepRecordOptions {
  readonly op: string;
  /** Only counts are kept. */
  readonly isSummary: boolean;
  /** Cuts the output as a model would be given it. */
  readonly truncateTokens: number | undefined;
}

/** An outcome as the recording writes it down. */
export function toStepRecord(outcome: CellOutcome, options: StepRecordOptions): StepRecord {
  const { op } = options;
  const isMissing = outcome.status === "missing";
  return {
    op,
    ...((op === "wait" || op === "terminate") && { cell: isMissing ? "missing" : "live" }),
    outcome: outcome.status === "failed" || isMissing ? "completed" : outcome.status,
    items: toItems(outcome, options),
    error: errorText(outcome),
  };
}

/** A call that was refused, by the code of what it threw. */
export function toRefusal(op: string, thrown: unknown): StepRecord {
  if (!(thrown instanceof CodeModeError)) throw thrown;
  return { op, refused: thrown.code };
}

function errorText(outcome: CellOutcome): string | null {
  if (outcome.status === "failed") return outcome.error.text;
  if (outcome.status !== "missing") return null;
  const [, error] = formatOutcome(outcome);
  return error?.type === "text" ? error.text.replace("Script error:\n", "") : null;
}

function toItems(
  outcome: CellOutcome,
  { isSummary, truncateTokens }: StepRecordOptions,
): readonly ItemRecord[] | Count {
  const output = outcome.status === "missing" ? [] : outcome.output;
  if (isSummary) return { count: output.length };
  if (truncateTokens === undefined) return output.map(toItem);
  const error = outcome.status === "failed" ? outcome.error.text : undefined;
  return truncateOutput(output, { maxOutputTokens: truncateTokens, errorText: error }).map(toItem);
}

function toItem(item: OutputItem): ItemRecord {
  switch (item.type) {
    case "text":
      return { type: "input_text", text: toText(item.text) };
    case "image":
      return { type: "input_image", image_url: item.imageUrl, detail: item.detail };
    case "audio":
      return { type: "input_audio", audio_url: item.audioUrl };
  }
}

/** Long texts are kept as their length and hash. */
export function toText(text: string): string | LongText {
  if (text.length <= maxTextLength) return text;
  return {
    long: text.length,
    sha256: createHash("sha256").update(text).digest("hex"),
    head: text.slice(0, shownOfLongText),
    tail: text.slice(-shownOfLongText),
  };
}
