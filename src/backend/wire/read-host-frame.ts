import type {
  BackendCommand,
  BackendDeterminism,
  BackendLimits,
  BackendModule,
  BackendSetup,
  BackendTool,
} from "../../protocol/cell-backend.js";
import { BadFrame, FrameReader } from "./frame-reader.js";
import { consoles, dialects, limitNames, toCell } from "./kinds.js";

/** What a host says to a cell's process. */
export type HostFrame =
  | { readonly type: "prepare"; readonly heapBytes: number }
  | { readonly type: "setup"; readonly setup: BackendSetup }
  | { readonly type: "stored"; readonly stored: readonly string[] }
  | { readonly type: "begin"; readonly source: string }
  | { readonly type: "determinism"; readonly deterministic: BackendDeterminism }
  | { readonly type: "clock"; readonly now: number }
  | Exclude<BackendCommand, { readonly type: "timerFired" }>
  | { readonly type: "timerFired"; readonly timer: number }
  | { readonly type: "terminate" }
  | { readonly type: "sample"; readonly number: number };

/** @throws {BadFrame} If it says what no host says. */
export function readHostFrame(bytes: Buffer): HostFrame {
  const frame = new FrameReader(bytes);
  const read = readFields(frame, frame.kind as (typeof toCell)[keyof typeof toCell]);
  frame.end();
  return read;
}

function readFields(frame: FrameReader, kind: (typeof toCell)[keyof typeof toCell]): HostFrame {
  switch (kind) {
    case toCell.prepare:
      return { type: "prepare", heapBytes: frame.double() };
    case toCell.setup:
      return { type: "setup", setup: readSetup(frame) };
    case toCell.stored:
      return { type: "stored", stored: readPairs(frame) };
    case toCell.begin:
      return { type: "begin", source: frame.text() };
    case toCell.toolResolved: {
      const callId = frame.number();
      const isJson = frame.flag();
      return { type: "toolResolved", callId, isJson, result: frame.text(), isAscii: false };
    }
    case toCell.toolRejected: {
      const callId = frame.number();
      return { type: "toolRejected", callId, message: frame.text() };
    }
    case toCell.terminate:
      return { type: "terminate" };
    case toCell.sample:
      return { type: "sample", number: frame.number() };
    case toCell.determinism: {
      const words = Array.from({ length: 8 }, () => frame.number().toString(16).padStart(8, "0"));
      return { type: "determinism", deterministic: { seed: words.join(""), now: frame.double() } };
    }
    case toCell.clock:
      return { type: "clock", now: frame.double() };
    case toCell.timerFired:
      return { type: "timerFired", timer: frame.number() };
    default:
      throw new BadFrame(`there is no frame of kind ${String(kind satisfies never)}`);
  }
}

function readSetup(frame: FrameReader): BackendSetup {
  const limits = Object.fromEntries(limitNames.map((name) => [name, frame.double()]));
  return {
    limits: limits as unknown as BackendLimits,
    console: frame.word(consoles),
    dialect: frame.word(dialects),
    webGlobals: frame.flag(),
    remoteImages: frame.flag(),
    failOnDeadlock: frame.flag(),
    tools: frame.list(() => readTool(frame)),
    modules: frame.list(() => readModule(frame)),
  };
}

function readTool(frame: FrameReader): BackendTool {
  return {
    name: frame.text(),
    ownName: frame.text(),
    namespace: frame.text(),
    description: frame.text(),
    isMcp: frame.flag(),
  };
}

function readModule(frame: FrameReader): BackendModule {
  const specifier = frame.text();
  return frame.flag()
    ? { specifier, exports: readPairs(frame) }
    : { specifier, source: frame.text() };
}

function readPairs(frame: FrameReader): readonly string[] {
  return frame.list(() => [frame.text(), frame.text()]).flat();
}
