import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One case: what is run, and what the reference answered. */
export interface RecordedCase {
  readonly name: string;
  /** A case without steps is one exec of this. */
  readonly source?: string;
  readonly steps?: readonly Step[];
  readonly tools?: readonly RecordedTool[];
  readonly session?: RecordedSession;
  readonly yield_ms?: number;
  readonly max_output_tokens?: number;
  /** Keys read back in one more cell at the end. */
  readonly stored?: readonly string[];
  /** Only counts were kept. */
  readonly summary?: boolean;
  readonly recorded: CaseRecord;
}

export type Step =
  | (ExecStep & { readonly op: "exec" })
  | { readonly op: "wait"; readonly cell?: number | string; readonly yield_ms?: number }
  | { readonly op: "terminate"; readonly cell?: number | string }
  | { readonly op: "sleep"; readonly ms: number }
  | { readonly op: "yield" }
  | { readonly op: "cancel" }
  | { readonly op: "join" }
  | { readonly op: "shutdown" };

export interface ExecStep {
  readonly source: string;
  readonly yield_ms?: number;
  readonly max_output_tokens?: number;
  /** The first response is not awaited; a later `join` does. */
  readonly background?: boolean;
}

export interface RecordedTool {
  readonly name: string;
  readonly description: string;
  readonly kind: "function" | "freeform";
  readonly namespace?: string;
  readonly behaviour: {
    readonly type: "echo" | "return" | "error" | "hang";
    readonly value?: unknown;
  };
}

export interface RecordedSession {
  readonly maxYieldTimeMs?: number;
  readonly maxHeapSizeBytes?: number;
  readonly outputTruncation?: "server";
}

/** What one run of a case showed. */
export interface CaseRecord {
  readonly steps: readonly StepRecord[];
  readonly calls: readonly CallRecord[] | Count;
  readonly notifications: readonly string[] | Count;
  readonly stored?: Readonly<Record<string, StoredRecord>>;
  /** Tools whose calls were aborted. */
  readonly cancelled?: readonly string[];
}

export type StepRecord =
  | ObservedRecord
  | { readonly op: string; readonly refused: string }
  | { readonly op: string; readonly answer: string };

/** A cell that fails is recorded as completed with an error. */
export interface ObservedRecord {
  readonly op: string;
  /** Only of `wait` and `terminate`. */
  readonly cell?: "live" | "missing";
  readonly outcome: "completed" | "yielded" | "terminated";
  readonly items: readonly ItemRecord[] | Count;
  readonly error: string | null;
}

export type ItemRecord =
  | { readonly type: "input_text"; readonly text: string | LongText }
  | { readonly type: "input_image"; readonly image_url: string; readonly detail: string }
  | { readonly type: "input_audio"; readonly audio_url: string };

export interface LongText {
  readonly long: number;
  readonly sha256: string;
  readonly head: string;
  readonly tail: string;
}

export interface Count {
  readonly count: number;
}

export interface CallRecord {
  readonly name: string;
  readonly kind: string;
  readonly input: unknown;
}

export type StoredRecord = { readonly value: unknown } | { readonly missing: true };

/** All times of cases that yield by time are this many times what was recorded: other machines are slower. */
const timesSlower = 3;

/** Every recorded case, in the order of the file. */
export const recordedCases: readonly RecordedCase[] = (
  JSON.parse(readFileSync(join(import.meta.dirname, "cases.json"), "utf8")) as RecordedCase[]
).map((recorded) => (isHurried(recorded) ? slowedDown(recorded) : recorded));

function isHurried({ steps = [], session }: RecordedCase): boolean {
  const isShort = (ms: number | undefined): boolean => ms !== undefined && ms > 0 && ms < 1_000;
  return (
    isShort(session?.maxYieldTimeMs) ||
    steps.some((step) => "yield_ms" in step && isShort(step.yield_ms))
  );
}

function slowedDown({ steps = [], session, ...rest }: RecordedCase): RecordedCase {
  return {
    ...rest,
    ...(session !== undefined && { session: slower(session, "maxYieldTimeMs") }),
    steps: steps.map((step) => {
      if (step.op === "sleep") return slower(step, "ms");
      if (step.op !== "exec") return step;
      const source = step.source.replaceAll(
        /setTimeout\(r, (\d+)\)/g,
        (_, ms: string) => `setTimeout(r, ${Number(ms) * timesSlower})`,
      );
      return slower({ ...step, source }, "yield_ms");
    }),
  };
}

function slower<Key extends string, Timed extends { readonly [key in Key]?: number }>(
  timed: Timed,
  key: Key,
): Timed {
  const ms = timed[key];
  return ms === undefined ? timed : { ...timed, [key]: ms * timesSlower };
}

/** What the reference showed, without what became of its process and without remarks. */
export function referenceRecord({ recorded }: RecordedCase): CaseRecord {
  const { steps, calls, notifications, stored, cancelled } = recorded;
  return {
    steps,
    calls,
    notifications,
    ...(stored !== undefined && { stored }),
    ...(cancelled !== undefined && { cancelled }),
  };
}
