/** Milliseconds of work in one turn of the event loop. */
const sliceMs = 10;

/** Does the work for one item after another, and lets the event loop turn whenever it has taken a while. */
export async function inSlices<Item>(
  items: Iterable<Item>,
  work: (item: Item) => void,
): Promise<void> {
  let startedAt = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - startedAt < sliceMs) continue;
    await new Promise(setImmediate);
    startedAt = performance.now();
  }
}
