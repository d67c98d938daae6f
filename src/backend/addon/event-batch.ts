import type { NativeError, NativeEventBatch } from "../../../binding.js";
import type {
  BackendError,
  BackendEvent,
  BackendSettled,
  BackendUsage,
} from "../../protocol/cell-backend.js";
import type { CellLog, ImageDetail } from "../../protocol/outcome.js";

/** How many fields follow each kind; the kinds stand in `binding.d.ts`. */
const fieldCounts: readonly number[] = [0, 1, 2, 1, 3, 1, 3, 0, 10, 1, 1, 0, 3, 2, 2, 1, 1];
const settledKind = 8;
const readyKind = 11;

/** Who gets the events of a batch. */
export interface EventReader {
  /** The isolate has been made and waits for its cell. */
  onReady(): void;
  onEvent(event: BackendEvent): void;
  /** What the cell has used so far: asked for where an event carries it and the batch does not. */
  usage(): BackendUsage;
}

/**
 * Reads a flat batch and hands over its events one by one.
 *
 * @throws {TypeError} If the batch has an event of a kind that `binding.d.ts` does not name.
 */
export function readEventBatch(batch: NativeEventBatch, reader: EventReader): void {
  let at = 0;
  while (at < batch.length) {
    const kind = batch[at] as number;
    const fieldCount = fieldCounts[kind];
    if (fieldCount === undefined) throw unknownKind(kind);
    if (kind === settledKind)
      reader.onEvent({ type: "settled", settled: toSettled(batch, at + 1) });
    else if (kind === readyKind) reader.onReady();
    else reader.onEvent(toEvent(reader, kind, batch[at + 1], batch[at + 2], batch[at + 3]));
    at += 1 + fieldCount;
  }
}

function toSettled(batch: NativeEventBatch, at: number): BackendSettled {
  return {
    status: batch[at] as BackendSettled["status"],
    isParked: batch[at + 1] as boolean,
    error: batch[at + 2] as BackendError | undefined,
    writes: (batch[at + 3] as readonly string[] | undefined) ?? [],
    unhandledRejections: (batch[at + 4] as readonly string[] | undefined) ?? [],
    usage: {
      cpuMs: batch[at + 5] as number,
      toolWaitMs: batch[at + 6] as number,
      heapBytes: batch[at + 7] as number,
      heapPeakBytes: batch[at + 8] as number,
      arrayBufferPeakBytes: batch[at + 9] as number,
    },
  };
}

/** The addon is ours and sends what `binding.d.ts` says, so fields are taken at their word. */
function toEvent(
  reader: EventReader,
  kind: number,
  first: unknown,
  second: unknown,
  third: unknown,
): BackendEvent {
  switch (kind) {
    case 0:
      return { type: "started" };
    case 1:
      return { type: "output", item: { type: "text", text: first as string } };
    case 2: {
      const detail = second as ImageDetail;
      return { type: "output", item: { type: "image", imageUrl: first as string, detail } };
    }
    case 3:
      return { type: "output", item: { type: "audio", audioUrl: first as string } };
    case 4: {
      const level = first as CellLog["level"];
      return { type: "log", log: { level, text: second as string, time: third as number } };
    }
    case 5:
      return { type: "notify", text: first as string };
    case 6: {
      const callId = first as number;
      return { type: "toolCall", callId, tool: second as number, json: third as string };
    }
    case 7:
      return { type: "yielded", usage: reader.usage() };
    case 9:
      return { type: "disposed", cpuMs: first as number };
    case 10:
      return { type: "stopping", error: first as NativeError };
    case 12: {
      const callId = first as number;
      return { type: "toolSearch", callId, query: second as string, limit: third as number };
    }
    case 13:
      return { type: "toolLookup", callId: first as number, name: second as string };
    case 14:
      return { type: "timerSet", timer: first as number, due: second as number };
    case 15:
      return { type: "timerCleared", timer: first as number };
    case 16:
      return { type: "waiting", applied: first as number };
    default:
      throw unknownKind(kind);
  }
}

function unknownKind(kind: number): TypeError {
  return new TypeError(
    `The addon sent an event of kind ${kind}, which binding.d.ts does not name.`,
  );
}
