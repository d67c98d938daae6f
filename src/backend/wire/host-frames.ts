import type {
  BackendCommand,
  BackendDeterminism,
  BackendModule,
  BackendSetup,
  BackendTool,
} from "../../protocol/cell-backend.js";
import { FrameWriter } from "./frame-writer.js";
import { consoles, dialects, limitNames, toCell } from "./kinds.js";

/** What is decided about an isolate before its cell is known. */
export function prepareFrame(heapBytes: number): Buffer {
  const frame = new FrameWriter(toCell.prepare);
  frame.double(heapBytes);
  return frame.finish();
}

export function setupFrame(setup: BackendSetup): Buffer {
  const { limits, tools, modules } = setup;
  const frame = new FrameWriter(toCell.setup, 256);
  for (const name of limitNames) frame.double(limits[name]);
  frame.word(consoles, setup.console);
  frame.word(dialects, setup.dialect);
  frame.flag(setup.webGlobals);
  frame.flag(setup.remoteImages);
  frame.flag(setup.failOnDeadlock);
  frame.number(tools.length);
  for (const tool of tools) writeTool(frame, tool);
  frame.number(modules.length);
  for (const module of modules) writeModule(frame, module);
  return frame.finish();
}

function writeTool(frame: FrameWriter, tool: BackendTool): void {
  frame.text(tool.name);
  frame.text(tool.ownName);
  frame.text(tool.namespace);
  frame.text(tool.description);
  frame.flag(tool.isMcp);
}

function writeModule(frame: FrameWriter, module: BackendModule): void {
  frame.text(module.specifier);
  const hasValues = "exports" in module;
  frame.flag(hasValues);
  if (hasValues) writePairs(frame, module.exports);
  else frame.text(module.source);
}

/** @param stored - Key, JSON text, key, JSON text, … */
export function storedFrame(stored: readonly string[]): Buffer {
  const frame = new FrameWriter(toCell.stored, 256);
  writePairs(frame, stored);
  return frame.finish();
}

function writePairs(frame: FrameWriter, pairs: readonly string[]): void {
  frame.number(pairs.length >>> 1);
  for (const text of pairs) frame.text(text);
}

export function beginFrame(source: string): Buffer {
  const frame = new FrameWriter(toCell.begin, source.length + 4);
  frame.text(source);
  return frame.finish();
}

/** What makes the cell deterministic, before its source. */
export function determinismFrame({ seed, now }: BackendDeterminism): Buffer {
  const frame = new FrameWriter(toCell.determinism);
  for (let at = 0; at < 64; at += 8) frame.number(Number.parseInt(seed.slice(at, at + 8), 16));
  frame.double(now);
  return frame.finish();
}

/** The frame of a command, behind that of its time where it has one. */
export function commandFrame(command: BackendCommand): Buffer {
  const frame = plainCommandFrame(command);
  return command.now === undefined ? frame : Buffer.concat([clockFrame(command.now), frame]);
}

export function clockFrame(now: number): Buffer {
  const frame = new FrameWriter(toCell.clock);
  frame.double(now);
  return frame.finish();
}

export function timerFiredFrame(timer: number): Buffer {
  const frame = new FrameWriter(toCell.timerFired);
  frame.number(timer);
  return frame.finish();
}

function plainCommandFrame(command: BackendCommand): Buffer {
  if (command.type === "timerFired") return timerFiredFrame(command.timer);
  if (command.type === "toolRejected") {
    const frame = new FrameWriter(toCell.toolRejected);
    frame.number(command.callId);
    frame.text(command.message);
    return frame.finish();
  }
  const frame = new FrameWriter(toCell.toolResolved, command.result.length + 9);
  frame.number(command.callId);
  frame.flag(command.isJson);
  if (command.isAscii) frame.latin1(command.result);
  else frame.text(command.result);
  return frame.finish();
}

export function terminateFrame(): Buffer {
  return new FrameWriter(toCell.terminate).finish();
}

/** @param number - What the answer is known by. */
export function sampleFrame(number: number): Buffer {
  const frame = new FrameWriter(toCell.sample);
  frame.number(number);
  return frame.finish();
}
