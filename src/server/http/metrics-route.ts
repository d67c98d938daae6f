import { monitorEventLoopDelay } from "node:perf_hooks";
import type { CodeMode } from "../../session/code-mode.js";
import { type OtherMetric, openMetrics, openMetricsType } from "../../telemetry/open-metrics.js";
import type { RequestCounts } from "./request-counts.js";
import type { Route } from "./route.js";

/** What a server does, for Prometheus. */
export function metricsRoute(
  codeMode: Pick<CodeMode, "stats">,
  requests: RequestCounts,
): Route & Disposable {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  return {
    method: "GET",
    path: "/metrics",
    access: "admin",
    summary: "What the server does and has done, in the format OpenMetrics 1.0.",
    answer: openMetricsType,
    handle: ({ response }) => {
      response.setHeader("content-type", openMetricsType);
      response.end(openMetrics(codeMode.stats(), [...processMetrics(delay.max), ...of(requests)]));
      delay.reset();
    },
    [Symbol.dispose]: () => void delay.disable(),
  };
}

function of(requests: RequestCounts): readonly OtherMetric[] {
  return [
    {
      name: "codecell.http.requests",
      type: "counter",
      unit: "{request}",
      help: "Requests that were answered, by route and status. Without a route: there is none.",
      readings: requests.readings(),
    },
  ];
}

/** @param delayNs - The longest that the event loop was late since it was asked last: nanoseconds. */
function processMetrics(delayNs: number): readonly OtherMetric[] {
  const { user, system } = process.cpuUsage();
  return [
    {
      name: "process.cpu",
      type: "counter",
      unit: "s",
      help: "Processor time of the process, without that of cells in processes of their own.",
      readings: [{ labels: {}, value: (user + system) / 1e6 }],
    },
    {
      name: "process.resident_memory",
      type: "gauge",
      unit: "By",
      help: "Memory of the process, without that of cells in processes of their own.",
      readings: [{ labels: {}, value: process.memoryUsage.rss() }],
    },
    {
      name: "codecell.event_loop.delay.max",
      type: "gauge",
      unit: "s",
      help: "The longest that the event loop was late since the last time that this was asked for.",
      readings: [{ labels: {}, value: delayNs / 1e9 }],
    },
  ];
}
