import type {
  EndedRecord,
  JournalEntry,
  JournalEntryOf,
  OpenedRecord,
} from "../../journal/entry.js";
import type { CellLog, OutputItem } from "../../protocol/outcome.js";

/** A tool call or a lookup, from its start to its answer. Times are milliseconds since the cell's start. */
export interface CallBar {
  /** Of the entry with which it begins. */
  readonly seq: number;
  readonly call: number;
  readonly name: string;
  readonly input: string;
  readonly from: number;
  readonly to: number;
  readonly status: "fulfilled" | "rejected" | "open";
  readonly result: string;
  /** Calls in one lane do not overlap. */
  readonly lane: number;
}

/** Something that the cell did at one moment. */
export type Moment = { readonly seq: number; readonly at: number } & (
  | { readonly kind: "out"; readonly item: OutputItem }
  | { readonly kind: "log"; readonly log: CellLog }
  | { readonly kind: "notify"; readonly text: string }
  | { readonly kind: "yielded" }
  | { readonly kind: "fired"; readonly timer: number }
);

/** Calls, and other things of one cell, that are drawn. */
export const maxBars = 5_000;

/** When the cell computed. The rest of the time it waited. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What a journal has to show. */
export interface Timeline {
  readonly opened: JournalEntryOf<OpenedRecord>;
  readonly ended: EndedRecord | undefined;
  readonly durationMs: number;
  readonly calls: readonly CallBar[];
  readonly lanes: number;
  readonly moments: readonly Moment[];
  readonly active: readonly Span[];
}

/** Reads a cell's timeline out of its journal. */
export function timelineOf(entries: readonly JournalEntry[]): Timeline | undefined {
  const [opened] = entries;
  if (opened?.kind !== "opened") return undefined;
  const start = opened.at;
  const durationMs = entries.reduce((end, { at }) => Math.max(end, at), start + 1) - start;
  const open = new Map<number, Omit<CallBar, "to" | "status" | "result" | "lane">>();
  const settled: Omit<CallBar, "lane">[] = [];
  const moments: Moment[] = [];
  let ended: EndedRecord | undefined;
  for (const entry of entries) {
    const { seq } = entry;
    const at = entry.at - start;
    switch (entry.kind) {
      case "call":
        open.set(entry.call, {
          seq,
          call: entry.call,
          name: entry.tool,
          input: entry.input,
          from: at,
        });
        break;
      case "lookup": {
        const name = entry.about === "search" ? "search_tools" : "describe_tool";
        open.set(entry.call, { seq, call: entry.call, name, input: entry.text, from: at });
        break;
      }
      case "settled": {
        const call = open.get(entry.call);
        open.delete(entry.call);
        const status = entry.ok ? "fulfilled" : "rejected";
        if (call !== undefined) settled.push({ ...call, to: at, status, result: entry.value });
        break;
      }
      case "out":
        moments.push({ seq, at, kind: "out", item: entry.item });
        break;
      case "log":
        moments.push({ seq, at, kind: "log", log: entry.log });
        break;
      case "notify":
        moments.push({ seq, at, kind: "notify", text: entry.text });
        break;
      case "yielded":
        moments.push({ seq, at, kind: "yielded" });
        break;
      case "fired":
        moments.push({ seq, at, kind: "fired", timer: entry.timer });
        break;
      case "ended":
        ended = entry;
        break;
      default:
    }
  }
  const left = [...open.values()].map((call) => ({
    ...call,
    to: durationMs,
    status: "open" as const,
    result: "",
  }));
  const calls = withLanes([...settled, ...left].sort((a, b) => a.call - b.call));
  const lanes = calls.reduce((most, { lane }) => Math.max(most, lane + 1), 0);
  return { opened, ended, durationMs, calls, lanes, moments, active: activeSpans(entries, start) };
}

/** Puts each call that is drawn into the first lane that is free when it begins. */
function withLanes(calls: readonly Omit<CallBar, "lane">[]): readonly CallBar[] {
  const freeAt: number[] = [];
  return calls.map((call, index) => {
    if (index >= maxBars) return { ...call, lane: 0 };
    const found = freeAt.findIndex((free) => free <= call.from);
    const lane = found === -1 ? freeAt.length : found;
    freeAt[lane] = Math.max(call.to, call.from + 1);
    return { ...call, lane };
  });
}

/** From each thing that entered the cell to the last that it did before the next. */
function activeSpans(entries: readonly JournalEntry[], start: number): readonly Span[] {
  const spans: { from: number; to: number }[] = [];
  for (const { kind, at } of entries) {
    const enters = kind === "opened" || kind === "settled" || kind === "fired";
    const last = spans.at(-1);
    if (enters || last === undefined) spans.push({ from: at - start, to: at - start });
    else last.to = at - start;
  }
  return spans;
}
