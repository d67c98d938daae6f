import { ByteBudget } from "./byte-budget.js";
import { CellSlots } from "./cell-slots.js";
import type { ResolvedLimits } from "./limits.js";
import { UnseenOutput } from "./unseen-output.js";

/** What bounds the cells of all sessions of a runtime together. */
export interface RuntimeBounds {
  readonly slots: CellSlots;
  readonly unseen: UnseenOutput;
  readonly toolInputs: ByteBudget;
}

export function boundsOf(limits: ResolvedLimits): RuntimeBounds {
  return {
    slots: new CellSlots(limits),
    unseen: new UnseenOutput(limits.unseenBytes),
    // One session alone must not take all that there is.
    toolInputs: new ByteBudget(2 * limits.toolInputBytes),
  };
}
