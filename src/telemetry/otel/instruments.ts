import type { Attributes, BatchObservableResult, Histogram, Meter } from "@opentelemetry/api";
import type { CodeModeStats } from "../../protocol/stats.js";
import { type Reading, type StatMetric, statMetrics } from "../stat-metrics.js";
import { quietly } from "./safe-span.js";

type NumberMetric = StatMetric & { readonly type: "gauge" | "counter" };

/** Seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** The metrics of all runtimes that one telemetry follows. */
export class Instruments {
  readonly #cellDuration: Histogram;
  readonly #callDuration: Histogram;
  readonly #runtimes = new Set<() => CodeModeStats>();
  /** By metric: what runtimes had counted when they were closed. A counter must not fall. */
  readonly #past = new Map<string, readonly Reading[]>();

  constructor(meter: Meter) {
    const durations = { unit: "s", advice: { explicitBucketBoundaries: bounds } };
    this.#cellDuration = meter.createHistogram("codecell.cell.duration", {
      ...durations,
      description:
        "How long cells took that have ended, without the time in which they were parked.",
    });
    this.#callDuration = meter.createHistogram("gen_ai.execute_tool.duration", {
      ...durations,
      description: "How long tool calls took, with the time in which they waited for approval.",
    });
    const observed = statMetrics.filter(isObserved).map((metric) => {
      const options = { unit: metric.unit, description: metric.help };
      const instrument =
        metric.type === "counter"
          ? meter.createObservableCounter(metric.name, options)
          : meter.createObservableUpDownCounter(metric.name, options);
      return { metric, instrument };
    });
    const observe = (result: BatchObservableResult): void => {
      const stats = [...this.#runtimes].map((read) => read());
      for (const { metric, instrument } of observed) {
        const past = this.#past.get(metric.name) ?? [];
        const now = stats.flatMap((one) => metric.read(one) ?? []);
        for (const { labels, value } of together(metric, [...past, ...now])) {
          result.observe(instrument, value, attributesOf(labels));
        }
      }
    };
    meter.addBatchObservableCallback(
      observe,
      observed.map(({ instrument }) => instrument),
    );
  }

  /** @returns Follows it no more. */
  follow(stats: () => CodeModeStats): () => void {
    this.#runtimes.add(stats);
    return () => {
      this.#runtimes.delete(stats);
      const last = stats();
      for (const metric of statMetrics) {
        if (metric.type !== "counter") continue;
        const past = this.#past.get(metric.name) ?? [];
        this.#past.set(metric.name, together(metric, [...past, ...(metric.read(last) ?? [])]));
      }
    };
  }

  cellEnded(ms: number, attributes: Attributes): void {
    quietly(() => this.#cellDuration.record(ms / 1000, attributes));
  }

  callEnded(ms: number, attributes: Attributes): void {
    quietly(() => this.#callDuration.record(ms / 1000, attributes));
  }
}

/** Histograms are recorded as things happen; when a process began is a part of its resource. */
function isObserved(metric: StatMetric): metric is NumberMetric {
  return metric.type !== "histogram" && metric.name !== "codecell.runtime.start_time";
}

/** One reading for each set of labels. */
function together({ isShared }: NumberMetric, readings: readonly Reading[]): readonly Reading[] {
  const sums = new Map<string, Reading>();
  for (const { labels, value } of readings) {
    const key = JSON.stringify(labels);
    const sum = sums.get(key)?.value ?? 0;
    sums.set(key, { labels, value: isShared ? Math.max(sum, value) : sum + value });
  }
  return [...sums.values()];
}

function attributesOf(labels: Reading["labels"]): Attributes {
  return Object.fromEntries(
    Object.entries(labels).map(([label, value]) => [`codecell.${label}`, value]),
  );
}
