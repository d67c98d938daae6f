import type { ResolvedLimits } from "../options/limits.js";
import { ByteBudget } from "./byte-budget.js";
import { RuntimeCounters } from "./runtime-counters.js";
import { RuntimeSlots } from "./runtime-slots.js";
import { UnseenBytes } from "./unseen-bytes.js";

/** What bounds the cells of all sessions of a runtime together, and counts them. */
export interface RuntimeBounds {
  readonly slots: RuntimeSlots;
  readonly unseen: UnseenBytes;
  readonly toolInputs: ByteBudget;
  readonly counters: RuntimeCounters;
}

/** The bounds of a runtime with these limits. */
export function boundsOf(limits: ResolvedLimits): RuntimeBounds {
  return {
    slots: new RuntimeSlots(limits),
    unseen: new UnseenBytes(limits.unseenBytes),
    // Twice a session's, so that one session alone cannot reserve everything.
    toolInputs: new ByteBudget(2 * limits.toolInputBytes),
    counters: new RuntimeCounters(),
  };
}
