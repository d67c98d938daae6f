import type {
  BackendError,
  BackendEvent,
  BackendSettled,
  BackendUsage,
} from "../../protocol/cell-backend.js";
import type { Confinement } from "../../protocol/outcome.js";
import { BadFrame, FrameReader } from "./frame-reader.js";
import {
  confinements,
  details,
  errorCodes,
  errorPart,
  fromCell,
  levels,
  limitNames,
  maxCauses,
  statuses,
} from "./kinds.js";

/**
 * What a cell's process says: an event of its cell, or one of these. It says of no cell that it was refused or
 * cut off: it ends instead.
 */
export type CellFrame =
  | Exclude<BackendEvent, { type: "refused" | "unresponsive" }>
  | {
      readonly type: "hello";
      readonly version: number;
      readonly confinement: readonly Confinement[];
    }
  | { readonly type: "ready" }
  | { readonly type: "sampled"; readonly number: number; readonly usage: BackendUsage };

/**
 * Reads a frame of a cell's process, which may be hostile.
 *
 * @throws {BadFrame} If it says what no cell says.
 */
export function readCellFrame(bytes: Buffer): CellFrame {
  const frame = new FrameReader(bytes);
  const read = readFields(frame, frame.kind as (typeof fromCell)[keyof typeof fromCell]);
  frame.end();
  return read;
}

function readFields(frame: FrameReader, kind: (typeof fromCell)[keyof typeof fromCell]): CellFrame {
  switch (kind) {
    case fromCell.started:
      return { type: "started" };
    case fromCell.text:
      return { type: "output", item: { type: "text", text: frame.text() } };
    case fromCell.image: {
      const imageUrl = frame.text();
      return { type: "output", item: { type: "image", imageUrl, detail: frame.word(details) } };
    }
    case fromCell.audio:
      return { type: "output", item: { type: "audio", audioUrl: frame.text() } };
    case fromCell.log: {
      const level = frame.word(levels);
      return { type: "log", log: { level, text: frame.text(), time: frame.amount() } };
    }
    case fromCell.notify:
      return { type: "notify", text: frame.text() };
    case fromCell.toolCall: {
      const callId = frame.number();
      return { type: "toolCall", callId, tool: frame.number(), json: frame.text() };
    }
    case fromCell.yielded:
      return { type: "yielded", usage: readUsage(frame) };
    case fromCell.settled:
      return { type: "settled", settled: readSettled(frame) };
    case fromCell.disposed:
      return { type: "disposed", cpuMs: frame.amount() };
    case fromCell.stopping:
      return { type: "stopping", error: readError(frame, 0) };
    case fromCell.ready:
      return { type: "ready" };
    case fromCell.toolSearch: {
      const callId = frame.number();
      return { type: "toolSearch", callId, query: frame.text(), limit: frame.number() };
    }
    case fromCell.toolLookup: {
      const callId = frame.number();
      return { type: "toolLookup", callId, name: frame.text() };
    }
    case fromCell.timerSet: {
      const timer = frame.number();
      return { type: "timerSet", timer, due: frame.amount() };
    }
    case fromCell.timerCleared:
      return { type: "timerCleared", timer: frame.number() };
    case fromCell.waiting:
      return { type: "waiting", applied: frame.amount() };
    case fromCell.hello: {
      const version = frame.number();
      const bits = frame.number();
      const confinement = confinements.filter((_, bit) => ((bits >>> bit) & 1) === 1);
      return { type: "hello", version, confinement };
    }
    case fromCell.sampled: {
      const number = frame.number();
      return { type: "sampled", number, usage: readUsage(frame) };
    }
    default:
      throw new BadFrame(`there is no frame of kind ${String(kind satisfies never)}`);
  }
}

function readSettled(frame: FrameReader): BackendSettled {
  const status = frame.word(statuses);
  const isParked = frame.flag();
  const error = frame.flag() ? readError(frame, 0) : undefined;
  const writes = frame.list(() => [frame.text(), frame.text()]).flat();
  const unhandledRejections = frame.list(() => frame.text());
  return { status, isParked, error, writes, unhandledRejections, usage: readUsage(frame) };
}

function readError(frame: FrameReader, depth: number): BackendError {
  if (depth > maxCauses) throw new BadFrame(`an error has more than ${maxCauses} causes`);
  const code = frame.word(errorCodes);
  const name = frame.text();
  const message = frame.text();
  const text = frame.text();
  const parts = frame.byte();
  const has = (part: number): boolean => (parts & part) !== 0;
  return {
    code,
    name,
    message,
    text,
    ...(has(errorPart.stack) && { stack: frame.text() }),
    ...(has(errorPart.position) && {
      line: frame.number(),
      column: frame.number(),
      sourceLine: frame.text(),
    }),
    ...(has(errorPart.cause) && { cause: readError(frame, depth + 1) }),
    ...(has(errorPart.limit) && {
      limit: readLimitName(frame),
      allowed: frame.amount(),
      used: frame.amount(),
    }),
  };
}

function readLimitName(frame: FrameReader): string {
  const name = frame.text();
  if (limitNames.some((known) => known === name)) return name;
  throw new BadFrame("an error names a limit that there is not");
}

function readUsage(frame: FrameReader): BackendUsage {
  return {
    cpuMs: frame.amount(),
    toolWaitMs: frame.amount(),
    heapBytes: frame.amount(),
    heapPeakBytes: frame.amount(),
    arrayBufferPeakBytes: frame.amount(),
  };
}
