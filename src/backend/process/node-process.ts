import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import { builtin } from "../../base/builtin.js";
import { packageFlags, packageRoot } from "../../base/package-root.js";
import type { CellProcess, ProcessListener, ProcessSource } from "./cell-process.js";
import { passedEnvironment } from "./environment.js";

/**
 * Milliseconds that the channel of a process may stay open after its end: what it started itself may
 * hold it.
 */
const channelGraceMs = 1_000;

/** What a process gets of this one's environment besides: it loads the addon itself, and what is preloaded. */
const ownVariables = ["LD_PRELOAD", "ASAN_OPTIONS", "UBSAN_OPTIONS", "CODECELL_ADDON"];

/** Ordinary processes of Node, which run a cell as this one would: on a thread, with the same addon. */
export const nodeProcesses: ProcessSource = {
  host: "process",
  name: "process",
  noSandboxReason:
    "an ordinary process of Node needs the powers that a sandbox takes away: it opens files, and starts threads",
  start: (listener) => new NodeProcess(listener),
  acquire() {},
  async release() {},
};

class NodeProcess implements CellProcess {
  readonly #child: ChildProcess;
  readonly #toCell: Socket;
  readonly #fromCell: Socket;

  /** @throws Where the system has no descriptors for it. */
  constructor(listener: ProcessListener) {
    const child = builtin("node:child_process").spawn(
      process.execPath,
      [...packageFlags(), builtin("node:path").join(packageRoot, "dist/backend/child/main.js")],
      {
        cwd: "/",
        env: childEnvironment(),
        // An interrupt at the terminal is this process's to handle.
        detached: true,
        stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      },
    );
    child.on("error", () => {}); // Told to #watchEnd as well.
    this.#child = child;
    // Node makes no streams where the system has no descriptors, and tells why only later.
    const streams = child.stdio as ChildProcess["stdio"] | undefined;
    if (streams === undefined) throw new Error("the system has no descriptors left for a process");
    const [toCell, fromCell] = streams.slice(3) as [Socket, Socket];
    this.#toCell = toCell;
    this.#fromCell = fromCell;
    // It may be gone before it has taken everything.
    toCell.on("error", () => {});
    fromCell.on("error", () => {});
    fromCell.on("data", (bytes) => listener.onBytes(bytes));
    this.#watchEnd(listener);
    this.keepAlive(false);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get unsentBytes(): number {
    return this.#toCell.writableLength;
  }

  send(frame: Buffer): void {
    if (this.#toCell.writable) this.#toCell.write(frame);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  finish(): void {
    this.kill();
  }

  keepAlive(doesIt: boolean): void {
    const how = doesIt ? "ref" : "unref";
    if (this.#child.pid !== undefined) this.#child[how]();
    this.#fromCell[how]();
    // What is to be sent keeps no process alive, which would never end for a cell that reads nothing.
    this.#toCell.unref();
  }

  #watchEnd(listener: ProcessListener): void {
    let end: { code: number | null; signal: string | null } | undefined;
    let isClosed = false;
    let isTold = false;
    let channelTimer: NodeJS.Timeout | undefined;
    const tell = (error?: Error): void => {
      if (isTold) return;
      if (error === undefined && (end === undefined || !isClosed)) return;
      isTold = true;
      clearTimeout(channelTimer);
      this.#toCell.destroy();
      this.#fromCell.destroy();
      listener.onGone({ code: null, signal: null, ...end, error });
    };
    this.#fromCell.on("close", () => {
      isClosed = true;
      tell();
    });
    this.#child.on("exit", (code, signal) => {
      end = { code, signal };
      channelTimer = setTimeout(() => this.#fromCell.destroy(), channelGraceMs);
      tell();
    });
    this.#child.on("error", (error) => {
      // Also told where a signal could not be sent.
      if (this.#child.pid === undefined) tell(error);
    });
  }
}

function childEnvironment(): NodeJS.ProcessEnv {
  // Electron is no Node unless it is told.
  const asNode = process.versions["electron"] === undefined ? {} : { ELECTRON_RUN_AS_NODE: "1" };
  return { ...passedEnvironment(ownVariables), ...asNode };
}
