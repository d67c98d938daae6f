/** A signal that is aborted as another is, until it leaves it. */
export interface FollowedSignal {
  readonly signal: AbortSignal;
  leave(): void;
}

export function followSignal(source: AbortSignal): FollowedSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(source.reason);
  if (source.aborted) abort();
  else source.addEventListener("abort", abort, { once: true });
  return {
    signal: controller.signal,
    leave: () => source.removeEventListener("abort", abort),
  };
}
