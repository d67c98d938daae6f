/** Milliseconds of work in one turn of the event loop. */
const sliceMs = 10;

/**
 * Does the work for one item after another, and lets the event loop turn whenever it has taken a while.
 *
 * @param work - Where it returns a promise, the next item waits for that.
 * @param maxItems - Of one turn, for work that goes on in microtasks, whose time is not seen. Default: any number.
 */
export async function inSlices<Item>(
  items: Iterable<Item>,
  work: (item: Item) => void | Promise<void>,
  maxItems: number = Number.POSITIVE_INFINITY,
): Promise<void> {
  let startedAt = performance.now();
  let count = 0;
  for (const item of items) {
    const done = work(item);
    if (done !== undefined) await done;
    count += 1;
    if (count < maxItems && performance.now() - startedAt < sliceMs) continue;
    await new Promise(setImmediate);
    startedAt = performance.now();
    count = 0;
  }
}
