// LangGraph's `interrupt()` throws in a tool what must reach the graph, through the cell that called the
// tool and the exec that waits for it. They have the run's config in common.

type Interrupt = (thrown: unknown) => void;

const open = new WeakMap<object, Interrupt>();

/** Takes what tools of cells throw to interrupt the run with this config, until disposed. */
export function onInterrupt(config: object, interrupt: Interrupt): Disposable {
  open.set(config, interrupt);
  return { [Symbol.dispose]: () => open.delete(config) };
}

/** Hands on what a tool has thrown, where it is an interrupt of a run that can be interrupted. */
export function interruptRun(config: unknown, thrown: unknown): void {
  // What is no object is no key of the map.
  if (isInterrupt(thrown)) open.get(config as object)?.(thrown);
}

function isInterrupt(thrown: unknown): boolean {
  const { is_bubble_up: bubblesUp } = (thrown ?? {}) as { readonly is_bubble_up?: unknown };
  return bubblesUp === true;
}
