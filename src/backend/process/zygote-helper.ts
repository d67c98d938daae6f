import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import type * as Binding from "../../../binding.js";
import { builtin } from "../../base/builtin.js";
import {
  controlVersion,
  type ZygoteReport,
  ZygoteReports,
  zygoteRequest,
} from "./zygote-control.js";

/** How a child ended. */
export interface ChildEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/** A child that has been asked for. */
export interface ZygoteChild {
  /** The host's end of the child's channel. */
  readonly channel: Socket;
  /** Kills it. Nothing once it has been reaped. */
  kill(): void;
  /** Resolves when it has been reaped, or never came to be. */
  readonly ended: Promise<ChildEnd>;
}

export interface ZygoteHelperOptions {
  readonly binding: typeof Binding;
  /** The addon's file, which is preloaded. */
  readonly addon: string;
  readonly webFolder: string;
  readonly heapBytes: number;
  /** The helper takes no more requests. Its children end with it. */
  readonly onGone: (helper: ZygoteHelper) => void;
}

interface Pending {
  end: (end: ChildEnd) => void;
}

/** What decides the languages and the time zone of cells. Nothing else of the environment is passed on. */
const localeVariables = ["TZ", "LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LC_CTYPE", "ICU_DATA"];

/** The process that forks a child for each cell: the binary of this Node, in which Node does not run. */
export class ZygoteHelper {
  readonly #options: ZygoteHelperOptions;
  readonly #process: ChildProcess;
  /** The host's end of the control socket, and its number. */
  readonly #control: Socket;
  readonly #descriptor: number;
  readonly #reports = new ZygoteReports();
  readonly #children = new Map<number, Pending>();
  #lastChild = 0;
  #isGone = false;
  #isReady = false;
  #isRetired = false;
  #stderr = "";
  readonly #ready: Promise<void>;
  #becomeReady: () => void = () => {};
  #failToBeReady: (error: Error) => void = () => {};

  constructor(options: ZygoteHelperOptions) {
    this.#options = options;
    this.#ready = new Promise((resolve, reject) => {
      this.#becomeReady = resolve;
      this.#failToBeReady = reject;
    });
    this.#ready.catch(() => {});
    const { closeSync } = builtin("node:fs");
    const { Socket } = builtin("node:net");
    const [mine, its] = options.binding.socketPair();
    this.#descriptor = mine;
    const args = ["--codecell-zygote", "3", String(options.heapBytes), options.webFolder];
    this.#process = builtin("node:child_process").spawn(process.execPath, args, {
      env: helperEnvironment(options.addon),
      stdio: ["ignore", "ignore", "pipe", its],
    });
    closeSync(its);
    this.#control = new Socket({ fd: mine, readable: true, writable: true });
    this.#control.on("data", (bytes) => this.#read(bytes));
    this.#control.on("error", () => {});
    this.#control.on("close", () => this.#noteGone());
    this.#process.stderr?.on("data", (text) => {
      this.#stderr = `${this.#stderr}${text}`.slice(0, 2000);
    });
    this.#process.on("error", (error) => {
      this.#failToBeReady(error);
      this.#noteGone();
    });
    this.#process.on("exit", (code, signal) => {
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      this.#failToBeReady(new Error(`it ended ${how}: ${this.#stderr.trim()}`));
      this.#noteGone();
    });
    this.unref();
  }

  /** Resolves when the first child can be forked. @throws Where the helper cannot work here. */
  get ready(): Promise<void> {
    return this.#ready;
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

  /** Has a child forked, before or after the helper is ready. Undefined: the helper is gone. */
  fork(): ZygoteChild | undefined {
    if (this.#isGone || this.#isRetired) return undefined;
    const { closeSync } = builtin("node:fs");
    const { Socket } = builtin("node:net");
    const [mine, its] = this.#options.binding.socketPair();
    const child = ++this.#lastChild;
    const isSent = this.#options.binding.sendDescriptor(
      this.#descriptor,
      zygoteRequest("fork", child),
      its,
    );
    closeSync(its);
    if (!isSent) {
      closeSync(mine);
      return undefined;
    }
    const ended = new Promise<ChildEnd>((resolve) => this.#children.set(child, { end: resolve }));
    const channel = new Socket({ fd: mine, readable: true, writable: true });
    return { channel, ended, kill: () => this.#kill(child) };
  }

  /** Takes no more requests, and ends with the last of its children. */
  retire(): void {
    this.#isRetired = true;
    if (this.#children.size === 0) this.#control.destroy();
  }

  /** Ends at once, with all its children. */
  close(): void {
    this.#process.kill("SIGKILL");
  }

  ref(): void {
    this.#process.ref();
    this.#control.ref();
  }

  unref(): void {
    this.#process.unref();
    this.#control.unref();
    const { stderr } = this.#process;
    if (stderr !== null && "unref" in stderr) (stderr as Socket).unref();
  }

  #kill(child: number): void {
    if (this.#isGone || !this.#children.has(child)) return;
    this.#options.binding.sendDescriptor(this.#descriptor, zygoteRequest("kill", child), -1);
  }

  #read(bytes: Buffer): void {
    for (const report of this.#reports.add(bytes)) this.#take(report);
  }

  #take(report: ZygoteReport): void {
    switch (report.type) {
      case "ready":
        if (report.version === controlVersion) {
          this.#isReady = true;
          this.#becomeReady();
        } else {
          this.#failToBeReady(new Error(`its control has version ${report.version}`));
          this.close();
        }
        break;
      case "forked":
        break;
      case "failed":
        this.#noteEnd(report.child, { exitCode: undefined, signal: undefined });
        break;
      case "reaped": {
        const signal = report.signal === undefined ? undefined : signalName(report.signal);
        this.#noteEnd(report.child, { exitCode: report.exitCode, signal });
        break;
      }
    }
  }

  #noteEnd(child: number, end: ChildEnd): void {
    const pending = this.#children.get(child);
    this.#children.delete(child);
    pending?.end(end);
    if (this.#isRetired && this.#children.size === 0) this.#control.destroy();
  }

  /** Its children have ended with it: the system kills them. */
  #noteGone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#control.destroy();
    for (const child of [...this.#children.keys()]) {
      this.#noteEnd(child, { exitCode: undefined, signal: "SIGKILL" });
    }
    this.#options.onGone(this);
  }
}

function helperEnvironment(addon: string): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { LD_PRELOAD: addon };
  for (const name of localeVariables) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

function signalName(number: number): string {
  const { signals } = builtin("node:os").constants;
  const found = Object.entries(signals).find(([, known]) => known === number);
  return found?.[0] ?? `signal ${number}`;
}
