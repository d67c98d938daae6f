import {
  type BackendCell,
  type BackendCellOptions,
  type BackendCommand,
  type BackendError,
  type BackendEvent,
  type BackendRefusal,
  type BackendSettled,
  type BackendUsage,
  noUsage,
} from "../../protocol/cell-backend.js";
import type { SpareListener } from "../pool/isolate-pool.js";
import { BadFrame } from "../wire/frame-reader.js";
import { FrameSplitter } from "../wire/frame-splitter.js";
import {
  beginFrame,
  commandFrame,
  determinismFrame,
  prepareFrame,
  sampleFrame,
  terminateFrame,
} from "../wire/host-frames.js";
import { wireVersion } from "../wire/kinds.js";
import { type CellFrame, readCellFrame } from "../wire/read-cell-frame.js";
import { CellCheck } from "./cell-check.js";
import {
  type CellProcess,
  type ProcessEnd,
  type ProcessSource,
  startProcess,
} from "./cell-process.js";
import { EndWatch, maxResidentBytes } from "./end-watch.js";
import { badFrameError, unreadError } from "./lost-error.js";
import { type CellProgress, endWithout, isLost, startRefusal } from "./process-end.js";
import { Samples } from "./samples.js";

/** Bytes of the longest frame of a process that has no cell. */
const maxIdleFrameBytes = 64;
/** Bytes that may wait for a process that takes nothing. */
const maxUnsentBytes = 1024 * 1024 * 1024;

/** What is told of a cell. */
export interface CellListener {
  onEvent(event: BackendEvent): void;
  /** It has settled, or its process is gone. Called before that is told. */
  onOver(): void;
  /**
   * Its process is gone before it has started, and nothing was told of it. True: it begins in another
   * process, and nothing more is told of this one.
   */
  onLost(): boolean;
}

export interface IsolatedProcessOptions {
  readonly source: ProcessSource;
  readonly heapBytes: number;
  /** Whether a process that keeps a power that a cell must not have is given none. */
  readonly needsSandbox: boolean;
}

/** What a cell is begun with, its lists as frames. */
export interface FramedCellOptions {
  readonly options: BackendCellOptions;
  readonly setupFrame: Buffer;
  readonly storedFrame: Buffer | undefined;
}

/**
 * A process and the one cell that it is given. Its end is certain: once the cell has settled, has said
 * something that no cell says, or does not stop, the process is killed, and the last event is told when
 * the system has reaped it.
 */
export class IsolatedProcess implements BackendCell {
  readonly #options: IsolatedProcessOptions;
  readonly #process: CellProcess;
  readonly #splitter: FrameSplitter;
  #spare: SpareListener | undefined;
  #listener: CellListener | undefined;
  #check: CellCheck | undefined;
  #watch: EndWatch | undefined;
  #maxResidentBytes: number | undefined;
  /**
   * Frames held back until hello: with `sandbox: "required"` a process that may still have its powers is told
   * nothing.
   */
  #unsaid: Buffer[] = [];
  #hello: (CellFrame & { readonly type: "hello" }) | undefined;
  #hasStarted = false;
  #isTerminating = false;
  #isGone = false;
  /** Why the cell is being stopped though nobody asked for it. */
  #stopping: BackendError | undefined;
  /** How the cell ends though its process does not say so. */
  #fault: BackendError | undefined;
  #refusal: BackendRefusal | undefined;
  #settled: BackendSettled | undefined;
  #usage: BackendUsage = noUsage;
  readonly #samples = new Samples();

  constructor(options: IsolatedProcessOptions, spare?: SpareListener) {
    this.#options = options;
    this.#spare = spare;
    this.#splitter = new FrameSplitter(
      () => this.#check?.maxFrameBytes ?? maxIdleFrameBytes,
      (frame) => this.#takeFrame(readCellFrame(frame)),
    );
    const { source, heapBytes } = options;
    const processListener = {
      onBytes: (bytes: Buffer): void => this.#takeBytes(bytes),
      onGone: (end: ProcessEnd): void => this.#takeGone(end),
    };
    this.#process = startProcess(source, processListener, heapBytes);
    this.#say(prepareFrame(heapBytes));
  }

  /** Gives the process its cell, once. False: it is gone, and takes none. */
  begin({ options, setupFrame, storedFrame }: FramedCellOptions, listener: CellListener): boolean {
    if (this.#isGone || this.#fault !== undefined) return false;
    this.#spare = undefined;
    this.#listener = listener;
    this.#check = new CellCheck(options.setup, options.deterministic !== undefined);
    this.#maxResidentBytes = maxResidentBytes(options.setup.limits);
    this.#process.keepAlive(true);
    this.#say(setupFrame);
    if (storedFrame !== undefined) this.#say(storedFrame);
    if (options.deterministic !== undefined) this.#say(determinismFrame(options.deterministic));
    this.#say(beginFrame(options.source));
    this.#watch = new EndWatch({
      pid: () => this.#process.pid,
      limits: options.setup.limits,
      onPassed: (error) => {
        this.#stopping ??= error;
        this.#process.kill();
      },
      onStuck: () => this.#process.kill(),
    });
    return true;
  }

  /** Ends a process that has no cell. */
  dismiss(): void {
    // close() waits for its end, so this process stays alive until then.
    this.#process.keepAlive(true);
    this.#process.kill();
  }

  send(command: BackendCommand): void {
    if (this.#settled !== undefined || this.#isGone) return;
    if (command.type === "timerFired") this.#check?.fired(command.timer);
    else this.#check?.answered(command.callId);
    this.#say(commandFrame(command));
    const { unsentBytes } = this.#process;
    if (unsentBytes > maxUnsentBytes) this.#endFor(unreadError(unsentBytes));
  }

  sample(): Promise<BackendUsage> {
    if (this.#settled !== undefined || this.#isGone) return Promise.resolve(this.#usage);
    return this.#samples.ask(
      (number) => this.#say(sampleFrame(number)),
      () => this.#usage,
    );
  }

  terminate(): void {
    if (this.#isTerminating || this.#settled !== undefined || this.#isGone) return;
    this.#isTerminating = true;
    this.#say(terminateFrame());
    this.#watch?.ask();
  }

  #say(frame: Buffer): void {
    if (this.#hello === undefined && this.#options.needsSandbox) this.#unsaid.push(frame);
    else this.#process.send(frame);
  }

  #takeBytes(bytes: Buffer): void {
    if (this.#settled !== undefined || this.#fault !== undefined) return;
    try {
      this.#splitter.add(bytes);
    } catch (thrown) {
      if (!(thrown instanceof BadFrame)) throw thrown;
      this.#endFor(badFrameError(thrown.message));
    }
  }

  #takeFrame(frame: CellFrame): void {
    // The rest of a piece whose beginning has ended the cell.
    if (this.#settled !== undefined || this.#fault !== undefined) return;
    if (this.#hello === undefined && frame.type !== "hello") {
      throw new BadFrame(`${frame.type} comes before hello`);
    }
    switch (frame.type) {
      case "hello":
        this.#takeHello(frame);
        break;
      case "ready":
        this.#spare?.onReady();
        break;
      case "sampled":
        this.#usage = frame.usage;
        this.#samples.answer(frame.number, frame.usage);
        break;
      default:
        this.#takeEvent(frame);
    }
  }

  #takeHello(hello: CellFrame & { readonly type: "hello" }): void {
    if (this.#hello !== undefined) throw new BadFrame("hello comes twice");
    if (hello.version !== wireVersion) {
      throw new BadFrame(`it speaks version ${hello.version}, and this is ${wireVersion}`);
    }
    if (this.#options.needsSandbox && !hello.confinement.includes("seccomp")) {
      this.#refuse({
        code: "ERR_SANDBOX",
        message:
          'No cell is started: its process could not give up its powers (sandbox: "required"). It has given up: ' +
          `${hello.confinement.join(", ") || "none"}. See docs/isolation.md.`,
      });
      return;
    }
    this.#hello = hello;
    for (const frame of this.#unsaid.splice(0)) this.#process.send(frame);
  }

  #takeEvent(event: BackendEvent): void {
    const check = this.#check;
    const listener = this.#listener;
    if (check === undefined || listener === undefined) {
      throw new BadFrame(`${event.type} comes without a cell`);
    }
    check.check(event, this.#isTerminating);
    switch (event.type) {
      case "started": {
        this.#hasStarted = true;
        const { host } = this.#options.source;
        const confinement = this.#hello?.confinement ?? [];
        listener.onEvent({ type: "started", place: { host, confinement } });
        break;
      }
      case "settled":
        this.#settle(event.settled);
        break;
      case "stopping":
        this.#stopping = event.error;
        this.#watch?.ask();
        listener.onEvent(event);
        break;
      case "yielded":
        this.#usage = event.usage;
        listener.onEvent(event);
        break;
      case "disposed":
        throw new BadFrame("a cell is disposed before it has settled");
      default:
        listener.onEvent(event);
    }
  }

  /** The cell has ended. Nothing of its process is of use any more. */
  #settle(said: BackendSettled): void {
    // A parked thread ends with its process.
    const settled: BackendSettled = {
      ...said,
      isParked: false,
      writes: said.status === "terminated" ? [] : said.writes,
    };
    this.#settled = settled;
    this.#usage = settled.usage;
    this.#process.finish();
    this.#leave();
    this.#listener?.onOver();
    this.#listener?.onEvent({ type: "settled", settled });
  }

  /** Ends the cell, as failed with this error unless it was asked to stop. */
  #endFor(fault: BackendError): void {
    this.#fault ??= fault;
    this.#process.kill();
  }

  #refuse(refusal: BackendRefusal): void {
    this.#refusal = refusal;
    this.#endFor(badFrameError(refusal.message));
  }

  #takeGone(end: ProcessEnd): void {
    this.#isGone = true;
    this.#leave();
    const listener = this.#listener;
    if (listener === undefined) {
      this.#spare?.onGone();
      return;
    }
    const progress = this.#progress();
    if (isLost(end, progress) && listener.onLost()) return;
    const refusal = this.#refusal ?? startRefusal(end, progress);
    if (this.#settled === undefined) listener.onOver();
    if (refusal !== undefined) {
      listener.onEvent({ type: "refused", refusal });
      return;
    }
    if (this.#settled === undefined) {
      const settled = endWithout(end, progress);
      this.#settled = settled;
      listener.onEvent({ type: "settled", settled });
    }
    listener.onEvent({ type: "disposed", cpuMs: this.#settled.usage.cpuMs });
  }

  #progress(): CellProgress {
    return {
      hasSaidHello: this.#hello !== undefined,
      hasStarted: this.#hasStarted,
      hasSettled: this.#settled !== undefined,
      isTerminating: this.#isTerminating,
      stopping: this.#stopping,
      fault: this.#fault,
      usage: {
        ...this.#usage,
        cpuMs: Math.max(this.#usage.cpuMs, this.#watch?.usedCpuMs ?? 0),
      },
      maxResidentBytes: this.#maxResidentBytes,
    };
  }

  #leave(): void {
    this.#watch?.clear();
    this.#samples.end(this.#usage);
  }
}
