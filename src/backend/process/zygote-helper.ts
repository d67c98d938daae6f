import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type * as Binding from "../../../binding.js";
import { builtin } from "../../base/builtin.js";
import { passedEnvironment } from "./environment.js";
import {
  controlVersion,
  type ZygoteReport,
  ZygoteReports,
  zygoteRequest,
} from "./zygote-control.js";

/** How a child ended: by an exit code or a signal, or it never came to be. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly maxResidentBytes?: number;
  readonly error?: Error;
}

/** What is told of a child, never before `fork` has returned. */
export interface ChildListener {
  onForked(pid: number): void;
  /** What it has said, in pieces; null: it can say no more. */
  onBytes(bytes: Buffer | null): void;
  /** It has been reaped, or never came to be. Nothing follows. */
  onEnd(end: ChildEnd): void;
}

/** A child that has been asked for. */
export interface ZygoteChild {
  /** The host's end of the child's channel. */
  readonly channel: Binding.Channel;
  /** Ends it at once. Nothing happens once it has been reaped. */
  kill(): void;
}

/** Why a helper is gone. */
export interface HelperFault {
  readonly message: string;
  /** It says nothing of whether a helper can work here: a signal, or a system short of something just then. */
  readonly isPassing?: boolean;
  /** It is passing, unless it comes again and again: its engine could not go on. */
  readonly isCrash?: boolean;
}

export interface ZygoteHelperOptions {
  readonly binding: typeof Binding;
  /** The addon's file, which is preloaded. */
  readonly addon: string;
  readonly webFolder: string;
  readonly heapBytes: number;
  /** Whether children give up their powers. */
  readonly hasSandbox: boolean;
  /** It has ended, and all its children with it. `fault` says how. Told once. */
  onGone(fault: HelperFault): void;
}

/** Characters of what a helper writes to its standard error that are kept. */
const maxStderr = 2_000;

/** The process that forks a child for each cell: the binary of this Node, in which Node does not run. */
export class ZygoteHelper {
  readonly #options: ZygoteHelperOptions;
  readonly #process: ChildProcess;
  /** The host's end of the control socket, and its number. */
  readonly #control: Binding.Channel;
  readonly #descriptor: number;
  #isControlClosed = false;
  readonly #reports = new ZygoteReports();
  /** Those that have not been reaped. */
  readonly #children = new Map<number, ChildListener>();
  #lastChild = 0;
  #isReady = false;
  #isGone = false;
  #isRetired = false;
  readonly #gone: Promise<void>;
  #tellGone = (): void => {};
  #stderr = "";

  /** @throws Where the system gives no sockets or no process. */
  constructor(options: ZygoteHelperOptions) {
    this.#options = options;
    this.#gone = new Promise((resolve) => {
      this.#tellGone = resolve;
    });
    const { closeSync } = builtin("node:fs");
    const [mine, its] = options.binding.socketPair();
    const args = ["--codecell-zygote", "3", String(options.heapBytes), options.webFolder];
    args.push(options.hasSandbox ? "on" : "off");
    try {
      this.#process = builtin("node:child_process").spawn(process.execPath, args, {
        cwd: "/",
        env: { ...passedEnvironment(), LD_PRELOAD: options.addon },
        // An interrupt at the terminal is this process's to handle.
        detached: true,
        stdio: ["ignore", "ignore", "pipe", its],
      });
    } catch (thrown) {
      closeSync(mine);
      throw thrown;
    } finally {
      closeSync(its);
    }
    this.#descriptor = mine;
    this.#control = new options.binding.Channel(mine, (bytes) => this.#read(bytes));
    this.#watchEnd();
    this.keepAlive(false);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Children asked for so far. */
  get childCount(): number {
    return this.#lastChild;
  }

  /** Children that have not been reaped. */
  get livingCount(): number {
    return this.#children.size;
  }

  /**
   * Has a child forked, as soon as the helper is ready. Undefined: it takes no more requests.
   *
   * @throws Where the system gives no sockets.
   */
  fork(listener: ChildListener): ZygoteChild | undefined {
    if (this.#isGone || this.#isRetired) return undefined;
    const number = (this.#lastChild + 1) % 2 ** 32;
    const mine = this.#openChannel(number);
    if (mine === undefined) return undefined;
    const channel = new this.#options.binding.Channel(mine, (bytes) => listener.onBytes(bytes));
    this.#lastChild = number;
    this.#children.set(number, listener);
    return { channel, kill: () => this.#kill(number) };
  }

  /** Asks for a child with the other end of a channel. This end, or undefined: it is not asked for. */
  #openChannel(child: number): number | undefined {
    const { closeSync } = builtin("node:fs");
    const [mine, its] = this.#options.binding.socketPair();
    const isAsked = this.#send(zygoteRequest("fork", child), its);
    closeSync(its);
    if (isAsked) return mine;
    closeSync(mine);
    return undefined;
  }

  /** Takes no more requests, and ends with the last of its children. */
  retire(): void {
    this.#isRetired = true;
    this.#endIfIdle();
  }

  /** Ends it at once, and what children it has. Resolves when it is gone. */
  async end(): Promise<void> {
    this.#isRetired = true;
    this.keepAlive(true);
    this.#process.kill("SIGKILL");
    await this.#gone;
  }

  /** Whether this process stays alive for it. At first it does not. */
  keepAlive(doesIt: boolean): void {
    const how = doesIt ? "ref" : "unref";
    this.#control.keepAlive(doesIt);
    if (this.#process.pid !== undefined) this.#process[how]();
    if (!doesIt) (this.#process.stderr as Socket | null)?.unref();
  }

  #send(request: Uint8Array, descriptor: number): boolean {
    if (this.#isControlClosed) return false; // Its number may be another's by now.
    try {
      return this.#options.binding.sendDescriptor(this.#descriptor, request, descriptor);
    } catch {
      return false; // It is gone, which is told when its process has been reaped.
    }
  }

  #kill(child: number): void {
    if (this.#isGone || !this.#children.has(child)) return;
    // Where not even eight bytes can be sent, nothing else ends its child for certain.
    if (!this.#send(zygoteRequest("kill", child), -1)) this.#process.kill("SIGKILL");
  }

  #read(bytes: Buffer | null): void {
    if (bytes === null) {
      this.#closeControl();
      return;
    }
    for (const report of this.#reports.add(bytes)) this.#take(report);
  }

  #take(report: ZygoteReport): void {
    switch (report.type) {
      case "ready":
        if (report.version !== controlVersion) {
          this.#stderr = `it speaks version ${report.version} of what this speaks ${controlVersion} of`;
          this.#process.kill("SIGKILL");
          break;
        }
        this.#isReady = true;
        break;
      case "forked":
        this.#children.get(report.child)?.onForked(report.pid);
        break;
      case "failed": {
        const error = new Error(`fork() failed with error ${report.errno}`);
        this.#noteEnd(report.child, { code: null, signal: null, error });
        break;
      }
      case "reaped":
        this.#noteEnd(report.child, endOf(report));
        break;
    }
  }

  #noteEnd(child: number, end: ChildEnd): void {
    const listener = this.#children.get(child);
    this.#children.delete(child);
    listener?.onEnd(end);
    this.#endIfIdle();
  }

  #endIfIdle(): void {
    // It ends when its end of the socket says that this one is closed.
    if (this.#isRetired && this.#children.size === 0) this.#closeControl();
  }

  #closeControl(): void {
    this.#isControlClosed = true;
    this.#control.close();
  }

  #watchEnd(): void {
    this.#process.stderr?.on("data", (text) => {
      this.#stderr = `${this.#stderr}${text}`.slice(0, maxStderr);
    });
    this.#process.on("error", (error: NodeJS.ErrnoException) => {
      const isPassing = error.code !== "ENOENT" && error.code !== "EACCES";
      this.#noteGone({ message: error.message, isPassing });
    });
    this.#process.on("exit", (code, signal) => {
      const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
      const said = this.#stderr.trim();
      const message = `it ended ${how}${said === "" ? "" : ` and said: ${said}`}`;
      const isEnded = signal === "SIGKILL" || signal === "SIGTERM";
      this.#noteGone({ message, isPassing: signal !== null, isCrash: signal !== null && !isEnded });
    });
  }

  /** The system kills its children with it. */
  #noteGone(fault: HelperFault): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#closeControl();
    this.#tellGone();
    // First of all: a cell that begins again must find another helper.
    this.#options.onGone(fault);
    const wasStarted = this.#process.pid !== undefined;
    const isAtFault = !this.#isReady && (!wasStarted || fault.isPassing !== true);
    for (const [child, listener] of [...this.#children]) {
      this.#children.delete(child);
      const error = isAtFault ? { error: new Error(fault.message) } : {};
      listener.onEnd({ code: null, signal: "SIGKILL", ...error });
    }
  }
}

/** Exit codes from here on stand for a signal, as in a shell: a confined child cannot send itself one. */
const firstSignalCode = 128;

function endOf(report: ZygoteReport & { type: "reaped" }): ChildEnd {
  const { exitCode, signal, maxResidentBytes } = report;
  if (signal !== undefined) return { code: null, signal: signalName(signal), maxResidentBytes };
  const code = exitCode ?? 0;
  if (code <= firstSignalCode) return { code, signal: null, maxResidentBytes };
  return { code: null, signal: signalName(code - firstSignalCode), maxResidentBytes };
}

function signalName(number: number): string {
  const { signals } = builtin("node:os").constants;
  const found = Object.entries(signals).find(([, known]) => known === number);
  return found?.[0] ?? `signal ${number}`;
}
