import type { CellProcess, ProcessEnd, ProcessListener } from "./cell-process.js";
import type { ChildEnd, ChildListener, ZygoteChild } from "./zygote-helper.js";

/** Milliseconds that a child has to end by itself when its cell has ended. */
const finishMs = 100;
/** Milliseconds that the channel of a child may stay open after its end. */
const channelGraceMs = 1_000;

/** What a source gives for a child: the child, or why there is none. */
export type Forked =
  | { readonly child: ZygoteChild; readonly keepAlive: (doesIt: boolean) => void }
  | { readonly child: undefined; readonly fault: string };

export interface ZygoteProcessOptions {
  readonly fork: (listener: ChildListener) => Forked;
  /** Another process in the place of one whose helper could not be started; undefined: there is none. */
  readonly fallBack: () => CellProcess | undefined;
}

/** A child of a helper, for one cell. */
export class ZygoteProcess implements CellProcess {
  readonly #listener: ProcessListener;
  readonly #options: ZygoteProcessOptions;
  readonly #child: ZygoteChild;
  readonly #setAlive: (doesIt: boolean) => void;
  #pid: number | undefined;
  #keepsAlive = false;
  #isKilled = false;
  #isChannelClosed = false;
  #end: ProcessEnd | undefined;
  #channelTimer: NodeJS.Timeout | undefined;
  #finishTimer: NodeJS.Timeout | undefined;
  /** What is sent in one go, which is written at once. */
  #unwritten: Buffer[] = [];
  #unwrittenBytes = 0;
  /** What has been sent to a child that may never be forked: the process in its place gets it then. */
  #early: Buffer[] | undefined = [];
  /** The process that has taken this one's place. */
  #other: CellProcess | undefined;

  /** @throws Where there is no child. */
  constructor(listener: ProcessListener, options: ZygoteProcessOptions) {
    this.#listener = listener;
    this.#options = options;
    const forked = options.fork({
      onForked: (pid) => {
        this.#pid = pid;
        this.#early = undefined;
      },
      onBytes: (bytes) => {
        if (bytes === null) this.#closeChannel();
        else listener.onBytes(bytes);
      },
      onEnd: (end) => this.#takeEnd(end),
    });
    if (forked.child === undefined) throw new Error(forked.fault);
    this.#child = forked.child;
    this.#setAlive = forked.keepAlive;
  }

  get pid(): number | undefined {
    return this.#other === undefined ? this.#pid : this.#other.pid;
  }

  get unsentBytes(): number {
    if (this.#other !== undefined) return this.#other.unsentBytes;
    return this.#unwrittenBytes + this.#child.channel.unsentBytes();
  }

  send(frame: Buffer): void {
    if (this.#other !== undefined) {
      this.#other.send(frame);
      return;
    }
    this.#early?.push(frame);
    if (this.#unwritten.length === 0) queueMicrotask(() => this.#write());
    this.#unwritten.push(frame);
    this.#unwrittenBytes += frame.length;
  }

  kill(): void {
    this.#isKilled = true;
    if (this.#other === undefined) this.#child.kill();
    else this.#other.kill();
  }

  finish(): void {
    if (this.#other !== undefined) {
      this.#other.finish();
      return;
    }
    if (this.#end !== undefined || this.#finishTimer !== undefined) return;
    this.#finishTimer = setTimeout(() => this.kill(), finishMs);
    this.#finishTimer.unref();
  }

  keepAlive(doesIt: boolean): void {
    if (doesIt === this.#keepsAlive) return;
    this.#keepsAlive = doesIt;
    if (this.#other !== undefined) {
      this.#other.keepAlive(doesIt);
      return;
    }
    if (this.#end !== undefined) return;
    this.#child.channel.keepAlive(doesIt);
    this.#setAlive(doesIt);
  }

  #takeEnd(end: ChildEnd): void {
    clearTimeout(this.#finishTimer);
    if (this.#keepsAlive) this.#setAlive(false);
    this.#end = end;
    if (end.error !== undefined && !this.#isKilled) {
      const other = this.#options.fallBack();
      if (other !== undefined) {
        this.#other = other;
        this.#child.channel.close();
        if (this.#keepsAlive) other.keepAlive(true);
        for (const frame of this.#early ?? []) other.send(frame);
        this.#early = undefined;
        return;
      }
    }
    if (!this.#isChannelClosed) {
      this.#channelTimer = setTimeout(() => this.#closeChannel(), channelGraceMs);
      this.#channelTimer.unref();
    }
    this.#tellGone();
  }

  #write(): void {
    const frames = this.#unwritten;
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
    if (this.#other === undefined) this.#child.channel.send(frames);
  }

  #closeChannel(): void {
    this.#child.channel.close();
    this.#isChannelClosed = true;
    this.#tellGone();
  }

  #tellGone(): void {
    if (this.#end === undefined || !this.#isChannelClosed || this.#other !== undefined) return;
    clearTimeout(this.#channelTimer);
    this.#listener.onGone(this.#end);
  }
}
