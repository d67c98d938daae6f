import { checkId } from "../base/id-check.js";
import {
  checkBoolean,
  checkFunction,
  checkMilliseconds,
  checkOneOf,
  checkOptionsObject,
  checkWholeNumber,
  invalidOption,
} from "../base/option-checks.js";
import type { JournalWriter } from "../journal/entry.js";
import type { ApprovalHandler } from "../protocol/approvals.js";
import type { Isolation } from "../protocol/cell-backend.js";
import type { EventHandler, NotificationHandler } from "../protocol/events.js";
import type { Telemetry } from "../protocol/telemetry.js";
import type { ToolSource } from "../tools/tool-definition.js";
import type { DurabilityOptions } from "./durability-options.js";
import { checkRecord, isolations } from "./exec-options.js";
import { checkLimits, type LimitScope, type RuntimeLimits, type SessionLimits } from "./limits.js";
import type { HostModules } from "./module-set.js";
import type { ProcessOptions, ZygoteUse } from "./process-options.js";
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
export interface CodeModeOptions extends CommonOptions, ProcessOptions {
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
   * Keeps every cell in a store: `wait` finds it after the process has ended, also by a crash, and it goes
   * on from where it was. Durable cells are deterministic, as recorded ones are. Default: none are kept.
   */
  readonly durability?: DurabilityOptions | undefined;
  /**
   * Follows every exec, cell and tool call as a tracer does: `openTelemetry` of `codecell/otel` makes one
   * (docs/telemetry.md). Default: none.
   */
  readonly telemetry?: Telemetry | undefined;
}

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
  "telemetry",
] as const satisfies readonly (keyof CodeModeOptions)[];

const maxPrewarmed = 64;

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

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
export function checkSessionId(id: string | undefined): void {
  checkId("id", id);
}

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
export function checkTelemetry(telemetry: Telemetry | undefined): Telemetry | undefined {
  if (telemetry === undefined) return undefined;
  const methods = ["runtime", "observe", "cell"] as const;
  const isOne =
    typeof telemetry === "object" &&
    telemetry !== null &&
    methods.every((method) => typeof telemetry[method] === "function");
  if (isOne) return telemetry;
  throw invalidOption("telemetry", "what openTelemetry of codecell/otel makes", telemetry);
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
