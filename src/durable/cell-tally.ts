import type { BackendEvent, EndFacts } from "../protocol/cell-backend.js";
import type { CellPlace } from "../protocol/outcome.js";
import { payloadOf } from "../protocol/output-payload.js";
import type { KeptCell } from "./kept-cell.js";

/**
 * What the end of a durable cell tells each time besides how it came: its calls and its output of all processes that
 * have run it, and the time that it took in this one.
 */
export class CellTally {
  /** By the call: the name of its tool. */
  readonly #open = new Map<number, string>();
  readonly #startedAt = performance.now();
  #parkedAt: number | undefined;
  #parkedMs = 0;
  #toolCalls = 0;
  #outputBytes = 0;
  #place: CellPlace | undefined;

  /** @param kept - What earlier processes have done; undefined for a cell that is new. */
  constructor(kept: KeptCell | undefined) {
    for (const entry of kept?.emitted ?? []) {
      if (entry.kind === "call") this.#called(entry.call, entry.tool);
      else if (entry.kind === "out") this.#outputBytes += Buffer.byteLength(payloadOf(entry.item));
    }
    for (const command of kept?.commands ?? []) {
      if (command.kind === "settled") this.settled(command.call);
    }
  }

  get place(): CellPlace | undefined {
    return this.#place;
  }

  /** @param toolName - Of the tool that is called, where one is. */
  take(event: BackendEvent, toolName: string | undefined): void {
    if (event.type === "toolCall") this.#called(event.callId, toolName ?? "a tool");
    else if (event.type === "output") this.#outputBytes += Buffer.byteLength(payloadOf(event.item));
    else if (event.type === "started") this.#place = event.place;
  }

  settled(call: number): void {
    this.#open.delete(call);
  }

  parked(): void {
    this.#parkedAt = performance.now();
  }

  unparked(): void {
    if (this.#parkedAt !== undefined) this.#parkedMs += performance.now() - this.#parkedAt;
    this.#parkedAt = undefined;
  }

  /** Of the end that comes now. */
  facts(): EndFacts {
    const now = this.#parkedAt ?? performance.now();
    return {
      endedAt: Date.now(),
      wallMs: now - this.#startedAt - this.#parkedMs,
      toolCalls: this.#toolCalls,
      outputBytes: this.#outputBytes,
      droppedCalls: [...this.#open.values()],
    };
  }

  #called(call: number, tool: string): void {
    this.#toolCalls += 1;
    this.#open.set(call, tool);
  }
}
