/** A timer and when it is due. */
export interface QueuedTimer {
  readonly timer: number;
  readonly due: number;
}

/** Removed timers that the heap keeps at least, before it is made anew without them. */
const minRemoved = 64;

/** Timers, the next first; those of one time in the order of their numbers. A binary heap. */
export class TimerQueue {
  readonly #due = new Map<number, number>();
  /** Each timer is before those at twice its index plus one and plus two. It has removed ones too. */
  #heap: QueuedTimer[] = [];

  add(timer: number, due: number): void {
    this.#due.set(timer, due);
    this.#push({ timer, due });
  }

  remove(timer: number): void {
    this.#due.delete(timer);
    if (this.#heap.length <= 2 * this.#due.size + minRemoved) return;
    // A sorted list is a heap.
    this.#heap = this.#heap.filter((queued) => this.#isQueued(queued)).sort(compare);
  }

  /** The first of all; it stays. */
  next(): QueuedTimer | undefined {
    let [first] = this.#heap;
    while (first !== undefined && !this.#isQueued(first)) {
      this.#shift();
      [first] = this.#heap;
    }
    return first;
  }

  clear(): void {
    this.#due.clear();
    this.#heap = [];
  }

  #isQueued({ timer, due }: QueuedTimer): boolean {
    return this.#due.get(timer) === due;
  }

  #push(added: QueuedTimer): void {
    let index = this.#heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const queued = this.#heap[above];
      if (queued === undefined || compare(queued, added) <= 0) break;
      this.#heap[index] = queued;
      index = above;
    }
    this.#heap[index] = added;
  }

  #shift(): void {
    const moved = this.#heap.pop();
    if (moved === undefined || this.#heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const first = this.#firstOf(left, left + 1);
      const below = this.#heap[first];
      if (below === undefined || compare(moved, below) <= 0) break;
      this.#heap[index] = below;
      index = first;
    }
    this.#heap[index] = moved;
  }

  #firstOf(left: number, right: number): number {
    const [a, b] = [this.#heap[left], this.#heap[right]];
    return a !== undefined && b !== undefined && compare(b, a) < 0 ? right : left;
  }
}

function compare(a: QueuedTimer, b: QueuedTimer): number {
  return a.due - b.due || a.timer - b.timer;
}
