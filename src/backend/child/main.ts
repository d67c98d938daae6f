// An ordinary process of Node in which one cell lives, on a thread. It speaks frames with the process that has
// started it: that one's on descriptor 3, its own on 4. It ends when the other closes its end, as it does by
// ending itself, however that happens.

import { builtin } from "../../base/builtin.js";
import type {
  BackendCell,
  BackendDeterminism,
  BackendEvent,
  BackendSetup,
} from "../../protocol/cell-backend.js";
import { ThreadBackend } from "../thread/thread-backend.js";
import { cellFrame } from "../wire/cell-frames.js";
import { FrameSplitter } from "../wire/frame-splitter.js";
import { wireVersion } from "../wire/kinds.js";
import type { CellFrame } from "../wire/read-cell-frame.js";
import { type HostFrame, readHostFrame } from "../wire/read-host-frame.js";

const fromHost = 3;
const toHost = 4;
/** What the system ends first when memory is short: 1000 is the most. */
const readiness = "800";

const { readFileSync, writeFileSync, writeSync } = builtin("node:fs");
const { Socket } = builtin("node:net");

/** Frames that wait for the end of this turn, so that many are written at once. */
let waiting: Buffer[] = [];
let backend: ThreadBackend | undefined;
let setup: BackendSetup | undefined;
let stored: readonly string[] | undefined;
let deterministic: BackendDeterminism | undefined;
let cell: BackendCell | undefined;
/** Of the command that comes next, if its cell is deterministic. */
let now: number | undefined;

/** Not even a thread that cannot be stopped is left. */
function leave(): never {
  process.kill(process.pid, "SIGKILL");
  // The signal has come before `kill` returns.
  process.exit(1);
}

function say(frame: CellFrame): void {
  if (waiting.length === 0) queueMicrotask(write);
  waiting.push(cellFrame(frame));
}

/**
 * Writes until the system has taken everything, however long that takes: meanwhile nothing more is taken
 * from the cell, which is held back in the end.
 */
function write(): void {
  const bytes = waiting.length === 1 ? (waiting[0] as Buffer) : Buffer.concat(waiting);
  waiting = [];
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(toHost, bytes, at);
  } catch {
    leave();
  }
}

function take(frame: HostFrame): void {
  switch (frame.type) {
    case "prepare": {
      const { heapBytes } = frame;
      backend = new ThreadBackend({ maxOrphans: 1, prewarm: 1, heapBytes });
      say({ type: "ready" });
      break;
    }
    case "setup":
      setup = frame.setup;
      break;
    case "stored":
      stored = frame.stored;
      break;
    case "begin":
      if (backend === undefined || setup === undefined) leave();
      cell = backend.start({ source: frame.source, setup, stored, deterministic }, onEvent);
      break;
    case "determinism":
      deterministic = frame.deterministic;
      break;
    case "clock":
      now = frame.now;
      break;
    case "timerFired":
      cell?.send({ ...frame, now: now ?? 0 });
      break;
    case "terminate":
      cell?.terminate();
      break;
    case "sample":
      void cell?.sample().then((usage) => say({ type: "sampled", number: frame.number, usage }));
      break;
    default:
      cell?.send({ ...frame, now });
  }
}

function onEvent(event: BackendEvent): void {
  // One that cannot be ended ends with its process, and where none was started there is no use for one.
  if (event.type === "refused" || event.type === "unresponsive") leave();
  say(event);
}

function preferToEnd(): void {
  try {
    const file = "/proc/self/oom_score_adj";
    if (Number(readFileSync(file, "utf8")) < Number(readiness)) writeFileSync(file, readiness);
  } catch {
    // Not on this system.
  }
}

process.on("uncaughtException", leave);
preferToEnd();
const splitter = new FrameSplitter(
  () => 2 ** 32 - 1,
  (frame) => take(readHostFrame(frame)),
);
const channel = new Socket({ fd: fromHost, readable: true, writable: false });
channel.on("data", (bytes) => splitter.add(bytes));
channel.on("end", leave);
channel.on("error", leave);
say({ type: "hello", version: wireVersion, confinement: [] });
