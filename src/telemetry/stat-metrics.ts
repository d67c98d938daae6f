import type { CodeModeStats, HistogramSnapshot } from "../protocol/stats.js";

/** One metric of a runtime: how it is named, and how it is read from its stats. */
export type StatMetric = {
  /** As OpenTelemetry names it. */
  readonly name: string;
  /** A unit of UCUM, or what is counted, in braces. */
  readonly unit: "s" | "By" | `{${string}}`;
  readonly help: string;
} & (
  | {
      /** `counter`: it only grows. */
      readonly type: "gauge" | "counter";
      /** Undefined where the runtime has nothing of the kind. */
      readonly read: (stats: CodeModeStats) => readonly Reading[] | undefined;
      /** Runtimes share what it counts, and each counts all of it. */
      readonly isShared?: boolean;
    }
  | {
      readonly type: "histogram";
      readonly read: (stats: CodeModeStats) => HistogramSnapshot | undefined;
    }
);

/** One value of a metric. */
export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The metrics of a runtime. docs/telemetry.md lists them. */
export const statMetrics: readonly StatMetric[] = [
  {
    name: "codecell.runtime.start_time",
    type: "gauge",
    unit: "s",
    help: "When the runtime was made, since the epoch.",
    read: ({ since }) => one(since / 1000),
  },
  {
    name: "codecell.sessions",
    type: "gauge",
    unit: "{session}",
    help: "Sessions that are open.",
    read: ({ sessions }) => one(sessions),
  },
  {
    name: "codecell.cells",
    type: "gauge",
    unit: "{cell}",
    help: "Cells of this process, and execs that wait for a place, by state.",
    read: ({ cells: { queued, running, yielded, parked } }) =>
      by("state", { queued, running, yielded, parked }),
  },
  {
    name: "codecell.cells.ended",
    type: "counter",
    unit: "{cell}",
    help: "Cells that have ended, by status.",
    read: ({ cells: { ended } }) => by("status", ended),
  },
  {
    name: "codecell.cells.refused",
    type: "counter",
    unit: "{cell}",
    help: "Cells that could not be started.",
    read: ({ cells: { refused } }) => one(refused),
  },
  {
    name: "codecell.cell.duration",
    type: "histogram",
    unit: "s",
    help: "How long cells took that have ended, without the time in which they were parked.",
    read: ({ cells: { duration } }) => duration,
  },
  {
    name: "codecell.isolates",
    type: "gauge",
    unit: "{isolate}",
    help: "Isolates without a cell, by state. Orphaned: a thread that could not be ended.",
    read: ({ isolates }) => by("state", isolates),
    isShared: true,
  },
  {
    name: "codecell.memory.unseen",
    type: "gauge",
    unit: "By",
    help: "Outputs, logs and ends that nobody has observed yet (limits.unseenBytes).",
    read: ({ memory: { unseenBytes } }) => one(unseenBytes),
  },
  {
    name: "codecell.memory.tool_inputs",
    type: "gauge",
    unit: "By",
    help: "Inputs of tool calls in flight (limits.toolInputBytes).",
    read: ({ memory: { toolInputBytes } }) => one(toolInputBytes),
  },
  {
    name: "codecell.tool_calls.in_flight",
    type: "gauge",
    unit: "{call}",
    help: "Tool calls that have started and not ended.",
    read: ({ toolCalls: { inFlight } }) => one(inFlight),
  },
  {
    name: "codecell.tool_calls",
    type: "counter",
    unit: "{call}",
    help: "Tool calls that have ended, by status.",
    read: ({ toolCalls: { fulfilled, rejected, aborted } }) =>
      by("status", { fulfilled, rejected, aborted }),
  },
  {
    name: "codecell.tool_call.duration",
    type: "histogram",
    unit: "s",
    help: "How long tool calls took, with the time in which they waited for approval.",
    read: ({ toolCalls: { duration } }) => duration,
  },
  {
    name: "codecell.approvals.open",
    type: "gauge",
    unit: "{approval}",
    help: "Tool calls of this process that wait for a decision.",
    read: ({ openApprovals }) => one(openApprovals),
  },
  {
    name: "codecell.durable.gates",
    type: "gauge",
    unit: "{gate}",
    help: "Tool calls, outcomes and ends that wait until what came before them is durable.",
    read: ({ durable }) => durable && one(durable.gatesWaiting),
  },
  {
    name: "codecell.durable.appends",
    type: "counter",
    unit: "{append}",
    help: "Writes to the store that were done; several records may be one write.",
    read: ({ durable }) => durable && one(durable.appends),
  },
  {
    name: "codecell.durable.append.duration",
    type: "histogram",
    unit: "s",
    help: "How long writes to the store took that were done.",
    read: ({ durable }) => durable?.appendDuration,
  },
  {
    name: "codecell.durable.records",
    type: "counter",
    unit: "{record}",
    help: "Records written to the store.",
    read: ({ durable }) => durable && one(durable.records),
  },
  {
    name: "codecell.durable.appends.refused",
    type: "counter",
    unit: "{append}",
    help: "Writes that were not done. Fenced: another process has the cell; failed: the store does not work.",
    read: ({ durable }) =>
      durable && by("reason", { fenced: durable.fencedAppends, failed: durable.failedAppends }),
  },
  {
    name: "codecell.durable.replays",
    type: "counter",
    unit: "{replay}",
    help: "Cells that were resumed from their journals.",
    read: ({ durable }) => durable && one(durable.replays),
  },
  {
    name: "codecell.durable.divergences",
    type: "counter",
    unit: "{cell}",
    help: "Resumed cells that did something else than their journals say.",
    read: ({ durable }) => durable && one(durable.divergences),
  },
  {
    name: "codecell.durable.lost_calls",
    type: "counter",
    unit: "{call}",
    help: "Tool calls whose process ended while they ran, by what became of them.",
    read: ({ durable }) => durable && by("verdict", { ...durable.lostCalls }),
  },
];

function one(value: number): readonly Reading[] {
  return [{ labels: {}, value }];
}

function by(label: string, values: object): readonly Reading[] {
  return Object.entries(values).map(([key, value]: [string, number]) => ({
    labels: { [label]: key },
    value,
  }));
}
