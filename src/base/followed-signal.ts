/** A signal that is aborted as another is, until it leaves it. */
export interface FollowedSignal {
  readonly signal: AbortSignal;
  leave(): void;
}

/** @param controller - Of the signal, where others abort it too. Default: a new one. */
export function followSignal(
  source: AbortSignal,
  controller: AbortController = new AbortController(),
): FollowedSignal {
  const abort = (): void => controller.abort(source.reason);
  if (source.aborted) abort();
  else source.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    leave: () => source.removeEventListener("abort", abort),
  };
}
