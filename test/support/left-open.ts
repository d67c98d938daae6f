import { Held } from "./cells.js";
import type { Place } from "./store-place.js";

/** A tool that answers at once. */
export const look = { effect: "read", execute: (): string => "" } as const;

export interface HeldLook {
  readonly tools: { readonly look: { readonly effect: "read"; execute(): Promise<string> } };
  /** Resolves when it has been called. */
  readonly called: Promise<void>;
  /** Has it answer. */
  goOn(): void;
}

/** A tool `look` that answers when it is let go. */
export function heldLook(): HeldLook {
  const [called, held] = [new Held(), new Held<string>()];
  const execute = (): Promise<string> => {
    called.resolve();
    return held.promise;
  };
  return {
    tools: { look: { effect: "read", execute } },
    called: called.promise,
    goOn: () => held.resolve(""),
  };
}

const looksOnce = 'text("before"); yield_control(); await tools.look(); text("after");';

/**
 * Leaves a cell open whose tool `look` never answers, and which was told until it yielded.
 *
 * @param options.source - Default: says "before", and "after" once `look` has answered.
 */
export async function leaveOpen(
  place: Place,
  { sessionId = "s", source = looksOnce }: { sessionId?: string; source?: string } = {},
): Promise<string> {
  const hang = { effect: "read", execute: (): Promise<never> => new Promise(() => {}) } as const;
  const session = (await place.open({ tools: { look: hang } })).openSession({ id: sessionId });
  const { cellId } = await session.exec(source, { yieldAfterMs: Number.POSITIVE_INFINITY });
  await place.close();
  return cellId;
}
