import type { EndedOutcome } from "./outcome.js";

/** What a program would do, as `Session.plan` found out. Plain data: it can be shown, kept and sent. */
export interface Plan {
  /** The calls of tools that do not only read, in the order in which they were made. None of them has run. */
  readonly calls: readonly PlannedCall[];
  /** How the dry run ended, with all its output. */
  readonly outcome: EndedOutcome;
}

/** A call that was not run. */
export interface PlannedCall {
  /** The tool's name under `tools`. */
  readonly tool: string;
  /** What the tool would be run with: checked, and as JSON has it. */
  readonly input: unknown;
  /** An earlier call was not run, and what the program did since depends on what its result was assumed to be. */
  readonly isAssumed: boolean;
}
