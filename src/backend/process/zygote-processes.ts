import { builtin } from "../../base/builtin.js";
import { packageRoot } from "../../base/package-root.js";
import { findAddon } from "../addon/addon-file.js";
import { getBinding } from "../addon/binding.js";
import {
  type CellProcess,
  type ProcessListener,
  type ProcessSource,
  startProcess,
} from "./cell-process.js";
import { type ChildListener, type HelperFault, ZygoteHelper } from "./zygote-helper.js";
import { type Forked, ZygoteProcess } from "./zygote-process.js";

/** Heap limits for which helpers are kept: a helper's isolate is made with one. */
const maxHelpers = 4;
/** Children of one helper: they all have its addresses and its seed of hashes. */
const maxChildren = 2_000;
/** Milliseconds after which a helper is replaced, for the same reason. */
const maxAgeMs = 15 * 60_000;
/** Crashes of helpers, before one has worked, after which none is started any more. */
const maxCrashes = 3;
/** Milliseconds without a child after which a helper is given up. */
const idleMs = 60_000;
export interface ZygoteOptions {
  /** Whether children give up their powers. */
  readonly hasSandbox: boolean;
  /** Where cells go when no helper can be started; undefined: nowhere. */
  readonly fallback: ProcessSource | undefined;
}

const sources = new Map<string, ZygoteProcesses>();

/** The source with these options, which all runtimes use. */
export function zygoteProcesses(options: ZygoteOptions): ZygoteProcesses {
  const key = `${options.hasSandbox} ${options.fallback?.name}`;
  const known = sources.get(key) ?? new ZygoteProcesses(options);
  sources.set(key, known);
  return known;
}

/** A helper, and what decides how long it is used. */
interface Used {
  readonly helper: ZygoteHelper;
  readonly heapBytes: number;
  readonly zone: string | undefined;
  readonly startedAt: number;
  /** Its children without which this process may end. */
  keptAlive: number;
  idleTimer: NodeJS.Timeout | undefined;
}

/**
 * Processes that are forked from a helper, in which the engine has made already what a cell needs. Every runtime
 * uses the same helpers, which end with the last one, or when no cell has needed them for a minute.
 */
export class ZygoteProcesses implements ProcessSource {
  readonly #options: ZygoteOptions;
  /** Those that take requests, by the heap limit; the last that was used is the last here. */
  readonly #helpers = new Map<number, Used>();
  /** How many runtimes use it. */
  #users = 0;
  /** Why no helper can work here. */
  #fault: string | undefined;
  /** Whether one has worked here. */
  #hasForked = false;
  #crashes = 0;

  constructor(options: ZygoteOptions) {
    this.#options = options;
  }

  get name(): string {
    const { hasSandbox, fallback } = this.#options;
    return `zygote${hasSandbox ? "" : " without sandbox"}${fallback === undefined ? "" : " or process"}`;
  }

  get host(): "process" | "zygote" {
    return this.#isFallenBack ? "process" : "zygote";
  }

  get noSandboxReason(): string | undefined {
    return this.#isFallenBack ? this.#options.fallback?.noSandboxReason : undefined;
  }

  /** Why no helper could be started here; undefined: one was, or none has been tried. */
  get fault(): string | undefined {
    return this.#fault;
  }

  start(listener: ProcessListener, heapBytes: number): CellProcess {
    const { fallback } = this.#options;
    if (this.#fault !== undefined && fallback !== undefined) {
      return fallback.start(listener, heapBytes);
    }
    return new ZygoteProcess(listener, {
      fork: (childListener) => this.#fork(heapBytes, childListener),
      fallBack: () =>
        this.#fault === undefined || fallback === undefined
          ? undefined
          : startProcess(fallback, listener, heapBytes),
    });
  }

  apart(): ProcessSource {
    return this.#isFallenBack ? this : new ZygoteProcesses(this.#options);
  }

  acquire(): void {
    this.#users += 1;
  }

  async release(): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0) return;
    const helpers = [...this.#helpers.values()];
    this.#helpers.clear();
    await Promise.all(
      helpers.map(({ helper, idleTimer }) => {
        clearTimeout(idleTimer);
        return helper.end();
      }),
    );
  }

  get #isFallenBack(): boolean {
    return this.#fault !== undefined && this.#options.fallback !== undefined;
  }

  #fork(heapBytes: number, listener: ChildListener): Forked {
    const first = this.#forkFrom(this.#helperFor(heapBytes), listener);
    if (first.child !== undefined || first.used === undefined) return first;
    // It is gone, which has not been told yet, or has more to do than it can.
    this.#giveUp(first.used);
    return this.#forkFrom(this.#helperFor(heapBytes), listener);
  }

  #forkFrom(used: Used | string, listener: ChildListener): Forked & { readonly used?: Used } {
    if (typeof used === "string") return { child: undefined, fault: used };
    const child = used.helper.fork({
      onForked: (pid) => {
        this.#hasForked = true;
        listener.onForked(pid);
      },
      onBytes: (bytes) => listener.onBytes(bytes),
      onEnd: (end) => {
        listener.onEnd(end);
        this.#noteUse(used);
      },
    });
    if (child === undefined) return { child, fault: "its helper takes no request", used };
    this.#noteUse(used);
    return {
      child,
      keepAlive: (doesIt) => {
        used.keptAlive += doesIt ? 1 : -1;
        used.helper.keepAlive(used.keptAlive > 0);
      },
    };
  }

  /** A helper to fork from, or why there is none. */
  #helperFor(heapBytes: number): Used | string {
    const known = this.#helpers.get(heapBytes);
    if (known !== undefined && isFresh(known)) {
      this.#helpers.delete(heapBytes);
      this.#helpers.set(heapBytes, known);
      return known;
    }
    if (known !== undefined) this.#giveUp(known);
    else this.#makeRoom();
    return this.#startHelper(heapBytes);
  }

  #makeRoom(): void {
    const [oldest] = this.#helpers.values();
    if (this.#helpers.size >= maxHelpers && oldest !== undefined) this.#giveUp(oldest);
  }

  #startHelper(heapBytes: number): Used | string {
    try {
      const helper = new ZygoteHelper({
        binding: getBinding(),
        addon: findAddon(),
        webFolder: builtin("node:path").join(packageRoot, "dist", "web"),
        heapBytes,
        hasSandbox: this.#options.hasSandbox,
        onGone: (fault) => this.#noteGone(used, fault),
      });
      const used: Used = {
        helper,
        heapBytes,
        zone: process.env["TZ"],
        startedAt: performance.now(),
        keptAlive: 0,
        idleTimer: undefined,
      };
      this.#helpers.set(heapBytes, used);
      this.#noteUse(used);
      return used;
    } catch (thrown) {
      return `no helper could be started: ${thrown instanceof Error ? thrown.message : "unknown"}`;
    }
  }

  #noteUse(used: Used): void {
    clearTimeout(used.idleTimer);
    if (used.helper.livingCount > 0) return;
    used.idleTimer = setTimeout(() => this.#giveUp(used), idleMs);
    used.idleTimer.unref();
  }

  #giveUp(used: Used): void {
    clearTimeout(used.idleTimer);
    if (this.#helpers.get(used.heapBytes) === used) this.#helpers.delete(used.heapBytes);
    used.helper.retire();
  }

  #noteGone(used: Used, { message, isPassing, isCrash }: HelperFault): void {
    clearTimeout(used.idleTimer);
    if (this.#helpers.get(used.heapBytes) === used) this.#helpers.delete(used.heapBytes);
    // Where one has worked, the next does too.
    const hasWorked = this.#hasForked || used.helper.isReady;
    if (hasWorked) return;
    if (isCrash === true) this.#crashes += 1;
    if (isPassing !== true || this.#crashes >= maxCrashes) this.#fault = message;
  }
}

function isFresh({ helper, zone, startedAt }: Used): boolean {
  return (
    helper.childCount < maxChildren &&
    performance.now() - startedAt < maxAgeMs &&
    process.env["TZ"] === zone
  );
}
