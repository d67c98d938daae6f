import type { CodeModeStats, HistogramSnapshot } from "../protocol/stats.js";
import { type Reading, type StatMetric, statMetrics } from "./stat-metrics.js";

/** The `content-type` of what `openMetrics` gives. */
export const openMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/** A metric of another part of the program: how it is named, and its values now. */
export interface OtherMetric extends Pick<StatMetric, "name" | "unit" | "help"> {
  readonly type: "gauge" | "counter";
  readonly readings: readonly Reading[];
}

/**
 * The stats of a runtime as text in the format OpenMetrics 1.0, which Prometheus and others read. docs/telemetry.md
 * lists the metrics.
 *
 * @param others - What the text has besides.
 */
export function openMetrics(stats: CodeModeStats, others: readonly OtherMetric[] = []): string {
  const families = statMetrics.flatMap((metric) => {
    const family = familyOf(metric);
    if (metric.type === "histogram") {
      const read = metric.read(stats);
      return read === undefined ? [] : [...headOf(metric, family), ...histogramLines(family, read)];
    }
    const read = metric.read(stats);
    return read === undefined ? [] : [...headOf(metric, family), ...lines(metric, family, read)];
  });
  const more = others.flatMap((metric) => {
    const family = familyOf(metric);
    return [...headOf(metric, family), ...lines(metric, family, metric.readings)];
  });
  return [...families, ...more, "# EOF", ""].join("\n");
}

type Head = Pick<StatMetric, "name" | "unit" | "help" | "type">;

const unitNames: Readonly<Record<string, string>> = { s: "seconds", By: "bytes" };

/** As OpenTelemetry's names are written for Prometheus. */
function familyOf({ name, unit }: Head): string {
  const unitName = unitNames[unit];
  const plain = name.replaceAll(".", "_");
  return unitName === undefined ? plain : `${plain}_${unitName}`;
}

function headOf({ unit, help, type }: Head, family: string): readonly string[] {
  const unitName = unitNames[unit];
  return [
    `# TYPE ${family} ${type}`,
    ...(unitName === undefined ? [] : [`# UNIT ${family} ${unitName}`]),
    `# HELP ${family} ${escaped(help)}`,
  ];
}

function lines({ type }: Head, family: string, readings: readonly Reading[]): readonly string[] {
  const sample = type === "counter" ? `${family}_total` : family;
  return readings.map(({ labels, value }) => `${sample}${labelText(labels)} ${value}`);
}

function histogramLines(family: string, { count, sumMs, buckets }: HistogramSnapshot) {
  let upTo = 0;
  const all = buckets.map(({ maxMs, count: own }) => {
    upTo += own;
    return `${family}_bucket${labelText({ le: boundText(maxMs / 1000) })} ${upTo}`;
  });
  return [...all, `${family}_count ${count}`, `${family}_sum ${sumMs / 1000}`];
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** The format wants a bound to be written as a float. */
function boundText(bound: number): string {
  if (!Number.isFinite(bound)) return "+Inf";
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}
