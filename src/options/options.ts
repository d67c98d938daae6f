import {
  checkBoolean,
  checkFunction,
  checkMilliseconds,
  checkOneOf,
  checkOptionsObject,
  checkSignal,
  checkWholeNumber,
  invalidOption,
} from "../base/option-checks.js";
import type { DurableStore } from "../durable/store.js";
import type { JournalWriter } from "../journal/entry.js";
import type { ApprovalHandler } from "../protocol/approvals.js";
import type { Isolation } from "../protocol/cell-backend.js";
import type { EventHandler, NotificationHandler } from "../protocol/events.js";
import type { ToolSource } from "../tools/tool-definition.js";
import {
  type CellLimits,
  checkLimits,
  type LimitScope,
  type RuntimeLimits,
  type SessionLimits,
} from "./limits.js";
import type { HostModules } from "./module-set.js";
import { checkReading, type ReadingOptions } from "./reading.js";

/**
 * Options of a runtime and of each of its sessions. A session uses the runtime's value for each
 * option that it does not set. Its `tools` and `modules` are added to the runtime's and replace
 * those of the same name. Of two limits, and of two `maxYieldAfterMs`, the smaller applies. Of two
 * handlers both are called, the session's first; of two `onApproval` handlers, see there.
 */
export interface CommonOptions extends ReadingOptions {
  /** The tools of every cell. Default: none. */
  readonly tools?: ToolSource | readonly ToolSource[] | undefined;
  /** Default: those of `SessionLimits`. */
  readonly limits?: SessionLimits | undefined;
  /**
   * Milliseconds after which `exec` and `wait` resolve as yielded if the cell still runs; with
   * Infinity they do not. Default: 10 000.
   */
  readonly yieldAfterMs?: number | undefined;
  /** The maximum for every `yieldAfterMs`, also that of `exec`. Default: Infinity. */
  readonly maxYieldAfterMs?: number | undefined;
  /** Tokens of output that `formatOutcome` gives a model by default. Default: 10 000. */
  readonly maxOutputTokens?: number | undefined;
  /**
   * What happens to a cell that waits for a promise that can never settle: `"fail"` fails it with
   * ERR_CELL_DEADLOCK, `"wait"` lets it wait until it is terminated. Default: `"fail"`.
   */
  readonly deadlock?: "fail" | "wait" | undefined;
  /**
   * Modules cells can import besides the built-in ones: by specifier, source text or a record of
   * exports. Exports must be JSON values. Default: none.
   */
  readonly modules?: HostModules | undefined;
  /**
   * Gives cells the web's globals that reach nothing outside of the cell, such as `URL`,
   * `TextEncoder`, `structuredClone`, `AbortController` and `crypto.randomUUID`, and what newer
   * engines than Node's have added to the language's own globals. Each is made when a cell first
   * uses it. Default: true.
   */
  readonly webGlobals?: boolean | undefined;
  /** Lets `image` take `http:` and `https:` URLs. Default: false. */
  readonly remoteImages?: boolean | undefined;
  /**
   * Whether cells live on threads of this process, or each in a process of its own, which can always be
   * ended and takes nothing along if its engine fails (docs/isolation.md). Default: `"thread"`.
   */
  readonly isolation?: Isolation | undefined;
  /**
   * Whether cells in processes are forked from the same zygotes as those of all other sessions, or each session's
   * from zygotes of its own, which take 10 to 25 MB each, are started by its first cell, and keep no process
   * ready. All processes of a zygote have the same addresses and the same seed for hashes. Only for
   * `isolation: "process"`; ordinary processes of Node have nothing in common. Default: `"shared"`.
   */
  readonly zygote?: ZygoteUse | undefined;
  /** Gets the texts that cells send with `notify`, in order and at once. */
  readonly onNotify?: NotificationHandler | undefined;
  /** Gets every event of every cell. */
  readonly onEvent?: EventHandler | undefined;
  /**
   * Decides about the tool calls that need approval (`ToolDefinition.approval`): true or
   * `{ approved: true }` runs the tool, false rejects the call. If there are several handlers,
   * exec's is asked first, then the session's, then the runtime's; a handler that answers undefined
   * leaves the decision to the next. Default: none, and calls that need approval are rejected.
   */
  readonly onApproval?: ApprovalHandler | undefined;
  /**
   * Records every cell: what it was started with, what it did and what entered it, so that it can be run
   * again without its tools (`CodeMode.replay`). Recorded cells are deterministic: they have a clock that
   * stands still while they compute, and no `WeakRef` and `FinalizationRegistry`. true keeps the
   * journals of the last cells for `Session.journal`; a function gets each entry at once. Default: false.
   */
  readonly record?: boolean | JournalWriter | undefined;
}

/** Options of `openSession`. */
export interface SessionOptions extends CommonOptions {
  /**
   * What `Session.id` is, and the `sessionId` of events, notifications and tool calls: 1 to 256
   * characters. Sessions with the same id cannot be distinguished. Default: a random UUID.
   */
  readonly id?: string | undefined;
  /**
   * Anything of yours, such as the user a conversation belongs to: tools get it as `sessionData` in
   * their context. It stays in the host; cells and models never see it. Default: undefined.
   */
  readonly data?: unknown;
  /**
   * What the session's cells find with `load(key)`, as `storedValues()` of an earlier session gave it:
   * JSON values by key, within the limits `storedBytes`, `storedKeys`, `jsonDepth` and
   * `jsonValues`. Default: none.
   */
  readonly storedValues?: Readonly<Record<string, unknown>> | undefined;
}

/** Options of `createCodeMode`: what holds for every session, and for the runtime itself. */
export interface CodeModeOptions extends CommonOptions {
  /** Default: those of `RuntimeLimits`. */
  readonly limits?: RuntimeLimits | undefined;
  /**
   * Isolates kept ready, 0 to 64: an exec that finds one starts about ten times sooner. Each takes
   * about 1 MiB, is used once, and is replaced in the background. `"auto"` keeps one, and more while
   * execs come in bursts; after a minute without an exec one is kept; runtimes with `"auto"` share
   * them. They are made for each heap limit that execs have, up to four, and none while the process is
   * past `limits.rssBytes`. With a number a runtime has its own, until it is closed.
   * Default: `"auto"`.
   */
  readonly prewarm?: number | "auto" | undefined;
  /**
   * Which processes cells get with `isolation: "process"`: `"zygote"`, forked from a process that was made
   * for this; `"process"`, ordinary processes of Node; or `"auto"`, the first of these that works here
   * (`codeMode.support()` says which). Default: `"auto"`.
   */
  readonly processHost?: ProcessHost | undefined;
  /**
   * Whether the process of a cell gives up its powers before the cell's code runs. `"required"`: an exec
   * whose process cannot is refused with ERR_SANDBOX; `"best-effort"`: it gives up what it can, and the
   * outcome says what that was (`confinement`); `"off"`: it gives up nothing, for debugging. Only for
   * `isolation: "process"`. Default: `"best-effort"`.
   */
  readonly sandbox?: Sandbox | undefined;
  /**
   * Keeps every cell in a store: `wait` finds it after the process has ended, also by a crash, and it goes
   * on from where it was. Durable cells are deterministic, as recorded ones are. Default: none are kept.
   */
  readonly durability?: DurabilityOptions | undefined;
}

/** How cells outlive their process; docs/durable-cells.md says what is promised. */
export interface DurabilityOptions {
  /** Where cells are kept, such as `sqliteStore(file)` of `codecell/sqlite`. Close it after the runtime. */
  readonly store: DurableStore;
  /**
   * Milliseconds for which cells that have ended are kept, with their journals; Infinity keeps them until
   * `store.forget`. Default: 7 days.
   */
  readonly retainMs?: number | undefined;
  /**
   * Milliseconds after which a cell is parked that waits for nothing but approvals: its isolate ends, and is
   * made again from the journal when one is decided. 0 parks at once, Infinity never. A cell that has used more
   * than 5 seconds of processor time is not parked. Default: 60 000.
   */
  readonly parkAfterMs?: number | undefined;
}

/** A checked one, with its defaults. */
export type Durability = Readonly<
  Record<"store", DurableStore> & Record<"retainMs" | "parkAfterMs", number>
>;

export type ZygoteUse = "shared" | "session";
export type ProcessHost = "auto" | "process" | "zygote";
export type Sandbox = "required" | "best-effort" | "off";

/** Options of one `exec`. An option that is not set has the session's value. */
export interface ExecOptions extends ReadingOptions {
  /** Milliseconds from the start of the cell's code; 0 yields as soon as it has started. */
  readonly yieldAfterMs?: number | undefined;
  /**
   * Terminates the cell when it is aborted, also after it has yielded; the outcome is `terminated`
   * with the reason `aborted`.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * When it is aborted, exec resolves as yielded with the output so far, and the cell continues. If the cell
   * has not started yet, that is as soon as it has.
   */
  readonly yieldSignal?: AbortSignal | undefined;
  /**
   * Called once with the cell's id, before `exec` returns its promise: also if the cell must wait for a
   * place (`limits.cells`).
   */
  readonly onCellId?: ((cellId: string) => void) | undefined;
  /** Tools for this cell besides the session's; a tool replaces one of the same name. */
  readonly tools?: ToolSource | readonly ToolSource[] | undefined;
  /** Where this cell lives, instead of where the session's do. */
  readonly isolation?: Isolation | undefined;
  /** Lowers the session's limits for this cell. */
  readonly limits?: CellLimits | undefined;
  /**
   * Anything of yours, such as the request that the cell belongs to: tools get it as `context` in theirs. It
   * stays in the host; cells never see it. Default: undefined.
   */
  readonly context?: unknown;
  /** Called before the session's handler. */
  readonly onNotify?: NotificationHandler | undefined;
  /** Called before the session's handler. */
  readonly onEvent?: EventHandler | undefined;
  /** Asked before the session's handler; answering undefined leaves the decision to that one. */
  readonly onApproval?: ApprovalHandler | undefined;
  /** Records this cell, or does not. */
  readonly record?: boolean | JournalWriter | undefined;
}

/** Options of one `wait`. */
export interface WaitOptions {
  /**
   * Of a durable cell: the `cursor` of the last outcome that you have. The new one has all output after that,
   * also where it was told before, and so none is lost or told twice, whatever has crashed. Default: the
   * output that nobody was told of, as far as the store knows.
   */
  readonly after?: number | undefined;
  /**
   * Milliseconds from this call; with 0 it resolves at once with the output so far. Default: the
   * session's.
   */
  readonly yieldAfterMs?: number | undefined;
  /** Stops waiting when it is aborted: `wait` rejects with its reason and the cell continues. */
  readonly signal?: AbortSignal | undefined;
  /**
   * When it is aborted, wait resolves as yielded with the output so far, and the cell continues.
   */
  readonly yieldSignal?: AbortSignal | undefined;
}

const execKeys = [
  "yieldAfterMs",
  "signal",
  "yieldSignal",
  "onCellId",
  "tools",
  "limits",
  "console",
  "dialect",
  "context",
  "isolation",
  "onNotify",
  "onEvent",
  "onApproval",
  "record",
] as const;

const commonKeys = [
  "tools",
  "limits",
  "yieldAfterMs",
  "maxYieldAfterMs",
  "maxOutputTokens",
  "deadlock",
  "modules",
  "console",
  "dialect",
  "webGlobals",
  "remoteImages",
  "isolation",
  "zygote",
  "onNotify",
  "onEvent",
  "onApproval",
  "record",
] as const satisfies readonly (keyof CommonOptions)[];

const sessionKeys = [
  ...commonKeys,
  "id",
  "data",
  "storedValues",
] as const satisfies readonly (keyof SessionOptions)[];

const runtimeKeys = [
  ...commonKeys,
  "prewarm",
  "processHost",
  "sandbox",
  "durability",
] as const satisfies readonly (keyof CodeModeOptions)[];

const isolations = ["thread", "process"] as const;

const maxPrewarmed = 64;
const weekMs = 7 * 24 * 60 * 60 * 1000;

/** Characters. */
const maxSessionIdLength = 256;

/**
 * Checks all but `tools`, `modules` and `storedValues`, which are checked as they are read.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION, naming the option.
 */
export function checkSessionOptions(
  name: string,
  options: CodeModeOptions | SessionOptions,
  scope: Exclude<LimitScope, "exec">,
): void {
  checkOptionsObject(name, options, scope === "runtime" ? runtimeKeys : sessionKeys);
  checkLimits(options.limits, scope);
  checkMilliseconds("yieldAfterMs", options.yieldAfterMs, 0);
  checkMilliseconds("maxYieldAfterMs", options.maxYieldAfterMs, 1);
  checkWholeNumber("maxOutputTokens", options.maxOutputTokens, { unit: "tokens", least: 0 });
  checkOneOf("deadlock", options.deadlock, ["fail", "wait"]);
  checkReading(options);
  checkBoolean("webGlobals", options.webGlobals);
  checkBoolean("remoteImages", options.remoteImages);
  checkOneOf("isolation", options.isolation, isolations);
  checkOneOf("zygote", options.zygote, ["shared", "session"]);
  checkFunction("onNotify", options.onNotify);
  checkFunction("onEvent", options.onEvent);
  checkFunction("onApproval", options.onApproval);
  checkRecord(options.record);
}

function checkRecord(record: unknown): void {
  if (record === undefined || typeof record === "boolean" || typeof record === "function") return;
  throw invalidOption("record", "true, false or a function", record);
}

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
export function checkSessionId(id: string | undefined): void {
  if (id === undefined) return;
  if (typeof id !== "string" || id === "" || id.length > maxSessionIdLength) {
    throw invalidOption("id", `a string of 1 to ${maxSessionIdLength} characters`, id);
  }
}

/**
 * How many isolates to keep ready.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function checkPrewarm(prewarm: number | "auto" | undefined): number | "auto" {
  if (prewarm === undefined || prewarm === "auto") return "auto";
  if (!Number.isSafeInteger(prewarm) || prewarm < 0 || prewarm > maxPrewarmed) {
    throw invalidOption("prewarm", `"auto" or a whole number from 0 to ${maxPrewarmed}`, prewarm);
  }
  return prewarm;
}

/**
 * Which processes cells get, and what these give up.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function checkProcessOptions({ processHost, sandbox }: CodeModeOptions): {
  readonly processHost: ProcessHost;
  readonly sandbox: Sandbox;
} {
  checkOneOf("processHost", processHost, ["auto", "process", "zygote"]);
  checkOneOf("sandbox", sandbox, ["required", "best-effort", "off"]);
  return { processHost: processHost ?? "auto", sandbox: sandbox ?? "best-effort" };
}

/**
 * The durability with its defaults.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function checkDurability(durability: DurabilityOptions | undefined): Durability | undefined {
  if (durability === undefined) return undefined;
  checkOptionsObject("durability", durability, ["store", "retainMs", "parkAfterMs"]);
  const { store, retainMs, parkAfterMs } = durability;
  checkMilliseconds("durability.retainMs", retainMs, 0);
  checkMilliseconds("durability.parkAfterMs", parkAfterMs, 0);
  if (typeof store !== "object" || store === null || typeof store.append !== "function") {
    throw invalidOption("durability.store", "a store, such as sqliteStore(file) makes", store);
  }
  return { store, retainMs: retainMs ?? weekMs, parkAfterMs: parkAfterMs ?? 60_000 };
}

/**
 * Checks all but `tools`, which are checked as they are read.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION, naming the option.
 */
export function checkExecOptions(options: ExecOptions): void {
  checkOptionsObject("the options of exec", options, execKeys);
  checkLimits(options.limits, "exec");
  checkReading(options);
  checkOneOf("isolation", options.isolation, isolations);
  checkMilliseconds("yieldAfterMs", options.yieldAfterMs, 0);
  checkSignal("signal", options.signal);
  checkSignal("yieldSignal", options.yieldSignal);
  checkFunction("onCellId", options.onCellId);
  checkFunction("onNotify", options.onNotify);
  checkFunction("onEvent", options.onEvent);
  checkFunction("onApproval", options.onApproval);
  checkRecord(options.record);
}

/** @throws {CodeModeError} ERR_INVALID_OPTION, naming the option. */
export function checkWaitOptions(options: WaitOptions): void {
  checkOptionsObject("the options of wait", options, [
    "yieldAfterMs",
    "signal",
    "yieldSignal",
    "after",
  ]);
  checkWholeNumber("after", options.after, { unit: "output items", least: 0 });
  checkMilliseconds("yieldAfterMs", options.yieldAfterMs, 0);
  checkSignal("signal", options.signal);
  checkSignal("yieldSignal", options.yieldSignal);
}
