import type {
  CellProcess,
  ProcessListener,
  ProcessSource,
} from "../../src/backend/process/cell-process.js";
import { IsolatedProcess } from "../../src/backend/process/isolated-process.js";
import { setupFrame } from "../../src/backend/wire/host-frames.js";
import type { BackendCellOptions, BackendEvent } from "../../src/protocol/cell-backend.js";

/** The other end of a cell's channel. Like the system, it tells its end when it has been killed. */
export class HostilePeer implements CellProcess {
  readonly pid = undefined;
  readonly #listener: ProcessListener;
  unsentBytes = 0;
  isKilled = false;
  /** Whether the end is told as soon as it is killed. */
  tellsItsEnd = false;

  constructor(listener: ProcessListener) {
    this.#listener = listener;
  }

  send(): void {}

  keepAlive(): void {}

  kill(): void {
    this.isKilled = true;
    if (this.tellsItsEnd) this.tellEnd();
  }

  finish(): void {
    this.kill();
  }

  say(bytes: Buffer): void {
    this.#listener.onBytes(bytes);
  }

  tellEnd(): void {
    this.#listener.onGone({ code: null, signal: "SIGKILL" });
  }
}

/** A cell that lives in a peer, and what is told of it. */
export interface Attacked {
  readonly cell: IsolatedProcess;
  readonly events: BackendEvent[];
  readonly peer: HostilePeer;
}

export function attack(options: BackendCellOptions): Attacked {
  let peer: HostilePeer | undefined;
  const source: ProcessSource = {
    host: "process",
    name: "peer",
    noSandboxReason: undefined,
    start: (listener) => {
      peer = new HostilePeer(listener);
      return peer;
    },
    acquire() {},
    async release() {},
  };
  const cell = new IsolatedProcess({ source, heapBytes: 2 ** 28, needsSandbox: false });
  if (peer === undefined) throw new Error("No process was started.");
  const events: BackendEvent[] = [];
  cell.begin(
    { options, setupFrame: setupFrame(options.setup), storedFrame: undefined },
    { onEvent: (event) => events.push(event), onOver: () => {}, onLost: () => false },
  );
  return { cell, events, peer };
}
