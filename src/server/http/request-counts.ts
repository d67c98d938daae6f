import type { Reading } from "../../telemetry/stat-metrics.js";
import type { AnsweredRequest } from "./http-front.js";

/** Counts requests by what they asked for and how they were answered. */
export class RequestCounts {
  readonly #counts = new Map<string, { labels: Reading["labels"]; value: number }>();

  add({ method, route, status }: Pick<AnsweredRequest, "method" | "route" | "status">): void {
    // What is no route may be anything.
    const labels = {
      method: route === undefined ? "" : method,
      route: route ?? "",
      status: String(status),
    };
    const key = Object.values(labels).join(" ");
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, { labels, value: 1 });
    else known.value += 1;
  }

  readings(): readonly Reading[] {
    return [...this.#counts.values()];
  }
}
