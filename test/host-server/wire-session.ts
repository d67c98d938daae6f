import type { ItemRecord, RecordedSession, RecordedTool } from "../conformance/recorded-case.js";
import type { Delegate } from "../support/framed-client.js";

/** A client of a host, in whichever wire, as the recorded cases use it. */
export interface WireClient {
  open(session: RecordedSession, delegate: Delegate): Promise<WireSession>;
}

export interface WireSession {
  readonly id: string;
  execute(request: WireExecute): WireExecution;
  wait(cellId: string, yieldMs: number): Promise<Observation>;
  terminate(cellId: string): Promise<Observation>;
  /** Resolves with the type of the answer, when all that the session has sent has been taken. */
  close(): Promise<string>;
}

export interface WireExecute {
  readonly source: string;
  readonly tools: readonly RecordedTool[];
  readonly yieldMs: number;
  readonly maxOutputTokens?: number | undefined;
}

/** An Execute that has been sent. */
export interface WireExecution {
  /** The cell's id. Rejects where the Execute is refused. */
  readonly started: Promise<string>;
  readonly first: Promise<Observation>;
  yieldNow(): void;
  cancel(): void;
}

/** What an answer says, in the words of the recording. */
export interface Observation {
  /** Only of `wait` and `terminate`. */
  readonly cell?: "live" | "missing";
  readonly outcome: "completed" | "yielded" | "terminated";
  readonly items: readonly ItemRecord[];
  readonly error: string | null;
}
