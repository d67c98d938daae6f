/** What the tool calls of a durable cell need of its journal. */
export interface DurableCalls {
  /** The same each time that the call is made, and unique among all calls of all cells. */
  idempotencyKey(callId: number): string;
  /** 1 for the first time that the tool runs for this call. */
  attempt(callId: number): number;
  /** Resolves when it is durable that the tool may have run; rejects where it must not run. */
  begin(callId: number): Promise<void>;
}
