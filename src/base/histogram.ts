/** What a histogram has counted, as it was at one moment. */
export interface HistogramSnapshot {
  readonly count: number;
  /** Of all values, in milliseconds. */
  readonly sumMs: number;
  /** Ascending by `maxMs`; the last has Infinity. Each value is in one bucket only. */
  readonly buckets: readonly HistogramBucket[];
}

export interface HistogramBucket {
  /** Milliseconds: the largest value that it takes. */
  readonly maxMs: number;
  readonly count: number;
}

const maxima: readonly number[] = [
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  25,
  50,
  100,
  250,
  500,
  1000,
  2500,
  5000,
  10_000,
  30_000,
  60_000,
  300_000,
  Number.POSITIVE_INFINITY,
];

/** Counts durations, in milliseconds, by how long they are. */
export class Histogram {
  readonly #counts = new Float64Array(maxima.length);
  #count = 0;
  #sumMs = 0;

  add(ms: number): void {
    let at = 0;
    while (ms > (maxima[at] as number)) at += 1;
    (this.#counts[at] as number) += 1;
    this.#count += 1;
    this.#sumMs += ms;
  }

  snapshot(): HistogramSnapshot {
    return {
      count: this.#count,
      sumMs: this.#sumMs,
      buckets: maxima.map((maxMs, at) => ({ maxMs, count: this.#counts[at] as number })),
    };
  }
}
