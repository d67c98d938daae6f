import { assertNever } from "../../base/assert-never.js";
import type { BackendError, BackendSettled, BackendUsage } from "../../protocol/cell-backend.js";
import type { OutputItem } from "../../protocol/outcome.js";
import { FrameWriter } from "./frame-writer.js";
import {
  confinements,
  details,
  errorCodes,
  errorPart,
  fromCell,
  levels,
  statuses,
  wireVersion,
} from "./kinds.js";
import type { CellFrame } from "./read-cell-frame.js";

/** The frame that says it. */
export function cellFrame(said: CellFrame): Buffer {
  switch (said.type) {
    case "started":
    case "ready":
      return new FrameWriter(fromCell[said.type]).finish();
    case "output":
      return itemFrame(said.item);
    case "log": {
      const { level, text, time } = said.log;
      const frame = new FrameWriter(fromCell.log, text.length + 13);
      frame.word(levels, level);
      frame.text(text);
      frame.double(time);
      return frame.finish();
    }
    case "notify":
      return textFrame(fromCell.notify, said.text);
    case "toolCall": {
      const frame = new FrameWriter(fromCell.toolCall, said.json.length + 12);
      frame.number(said.callId);
      frame.number(said.tool);
      frame.text(said.json);
      return frame.finish();
    }
    case "toolSearch": {
      const frame = new FrameWriter(fromCell.toolSearch);
      frame.number(said.callId);
      frame.text(said.query);
      frame.number(said.limit);
      return frame.finish();
    }
    case "toolLookup": {
      const frame = new FrameWriter(fromCell.toolLookup);
      frame.number(said.callId);
      frame.text(said.name);
      return frame.finish();
    }
    case "timerSet": {
      const frame = new FrameWriter(fromCell.timerSet);
      frame.number(said.timer);
      frame.double(said.due);
      return frame.finish();
    }
    case "timerCleared": {
      const frame = new FrameWriter(fromCell.timerCleared);
      frame.number(said.timer);
      return frame.finish();
    }
    case "waiting": {
      const frame = new FrameWriter(fromCell.waiting);
      frame.double(said.applied);
      return frame.finish();
    }
    case "yielded": {
      const frame = new FrameWriter(fromCell.yielded);
      writeUsage(frame, said.usage);
      return frame.finish();
    }
    case "settled":
      return settledFrame(said.settled);
    case "disposed": {
      const frame = new FrameWriter(fromCell.disposed);
      frame.double(said.cpuMs);
      return frame.finish();
    }
    case "stopping": {
      const frame = new FrameWriter(fromCell.stopping, 256);
      writeError(frame, said.error);
      return frame.finish();
    }
    case "hello": {
      const frame = new FrameWriter(fromCell.hello);
      frame.number(wireVersion);
      const bits = said.confinement.map((power) => 1 << confinements.indexOf(power));
      frame.number(bits.reduce((all, bit) => all | bit, 0));
      return frame.finish();
    }
    case "sampled": {
      const frame = new FrameWriter(fromCell.sampled);
      frame.number(said.number);
      writeUsage(frame, said.usage);
      return frame.finish();
    }
    default:
      return assertNever(said);
  }
}

function itemFrame(item: OutputItem): Buffer {
  switch (item.type) {
    case "text":
      return textFrame(fromCell.text, item.text);
    case "audio":
      return textFrame(fromCell.audio, item.audioUrl);
    case "image": {
      const frame = new FrameWriter(fromCell.image, item.imageUrl.length + 5);
      frame.text(item.imageUrl);
      frame.word(details, item.detail);
      return frame.finish();
    }
    default:
      return assertNever(item);
  }
}

function textFrame(kind: number, text: string): Buffer {
  const frame = new FrameWriter(kind, text.length + 4);
  frame.text(text);
  return frame.finish();
}

function settledFrame(settled: BackendSettled): Buffer {
  const { error, writes, unhandledRejections } = settled;
  const frame = new FrameWriter(fromCell.settled, 128);
  frame.word(statuses, settled.status);
  frame.flag(settled.isParked);
  frame.flag(error !== undefined);
  if (error !== undefined) writeError(frame, error);
  frame.number(writes.length >>> 1);
  for (const text of writes) frame.text(text);
  frame.number(unhandledRejections.length);
  for (const text of unhandledRejections) frame.text(text);
  writeUsage(frame, settled.usage);
  return frame.finish();
}

function writeError(frame: FrameWriter, error: BackendError): void {
  const { stack, line, column, sourceLine, cause, limit, allowed = 0, used = 0 } = error;
  // The codes that the host alone gives are none that a cell's process says.
  frame.word<string>(errorCodes, error.code);
  frame.text(error.name);
  frame.text(error.message);
  frame.text(error.text);
  frame.byte(
    (stack === undefined ? 0 : errorPart.stack) |
      (line === undefined ? 0 : errorPart.position) |
      (cause === undefined ? 0 : errorPart.cause) |
      (limit === undefined ? 0 : errorPart.limit),
  );
  if (stack !== undefined) frame.text(stack);
  if (line !== undefined) {
    frame.number(line);
    frame.number(column ?? 0);
    frame.text(sourceLine ?? "");
  }
  if (cause !== undefined) writeError(frame, cause);
  if (limit !== undefined) {
    frame.text(limit);
    frame.double(allowed);
    frame.double(used);
  }
}

function writeUsage(frame: FrameWriter, usage: BackendUsage): void {
  frame.double(usage.cpuMs);
  frame.double(usage.toolWaitMs);
  frame.double(usage.heapBytes);
  frame.double(usage.heapPeakBytes);
  frame.double(usage.arrayBufferPeakBytes);
}
