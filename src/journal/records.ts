import type {
  BackendCellOptions,
  BackendCommand,
  BackendEvent,
  BackendLimits,
  BackendTool,
} from "../protocol/cell-backend.js";
import { thisEngine } from "./engine.js";
import {
  type CommandRecord,
  type EmittedRecord,
  journalVersion,
  type OpenedRecord,
} from "./entry.js";

/** What a cell is started with, for its journal. */
export function openedRecord(
  { source, setup, stored }: BackendCellOptions,
  { seed, now }: Pick<OpenedRecord, "seed" | "now">,
): OpenedRecord {
  const { tools, modules, limits, ...flags } = setup;
  const { console, dialect, webGlobals, remoteImages, failOnDeadlock } = flags;
  return {
    kind: "opened",
    v: journalVersion,
    source,
    tools,
    modules,
    stored: stored ?? [],
    limits: Object.fromEntries(
      Object.entries(limits).map(([name, limit]: [string, number]) => [
        name,
        Number.isFinite(limit) ? limit : null,
      ]),
    ),
    console,
    dialect,
    webGlobals,
    remoteImages,
    failOnDeadlock,
    seed,
    now,
    engine: thisEngine(),
  };
}

/** The limits that a journal has; null is none. */
export function recordedLimits({ limits }: OpenedRecord): Partial<BackendLimits> {
  const read = Object.entries(limits).map(([name, limit]) => [name, limit ?? Infinity]);
  return Object.fromEntries(read) as Partial<BackendLimits>;
}

/** What a cell was started with, from its journal and with its limits. */
export function startOptions(opened: OpenedRecord, limits: BackendLimits): BackendCellOptions {
  const { source, stored, seed, now, tools, modules } = opened;
  const { console, dialect, webGlobals, remoteImages, failOnDeadlock } = opened;
  return {
    source,
    stored: stored.length === 0 ? undefined : stored,
    deterministic: { seed, now },
    setup: {
      tools,
      modules,
      limits,
      console,
      dialect,
      webGlobals,
      remoteImages,
      failOnDeadlock,
    },
  };
}

/** What an event says that a journal keeps; undefined where it keeps nothing of it. */
export function emittedRecord(
  event: BackendEvent,
  tools: readonly Pick<BackendTool, "name">[],
): EmittedRecord | undefined {
  switch (event.type) {
    case "toolCall":
      return {
        kind: "call",
        call: event.callId,
        tool: tools[event.tool]?.name ?? "",
        input: event.json,
      };
    case "toolSearch": {
      const { callId: call, query: text, limit } = event;
      return { kind: "lookup", call, about: "search", text, limit };
    }
    case "toolLookup":
      return { kind: "lookup", call: event.callId, about: "tool", text: event.name };
    case "timerSet":
      return { kind: "timer", timer: event.timer, due: event.due };
    case "timerCleared":
      return { kind: "cleared", timer: event.timer };
    case "output":
      return { kind: "out", item: event.item };
    case "log":
      return { kind: "log", log: event.log };
    case "notify":
      return { kind: "notify", text: event.text };
    case "yielded":
      return { kind: "yielded" };
    case "settled": {
      const { status, error, writes, unhandledRejections, usage } = event.settled;
      return {
        kind: "ended",
        status,
        ...(error !== undefined && {
          error: { code: error.code, name: error.name, message: error.message, text: error.text },
        }),
        writes,
        unhandledRejections,
        cpuMs: usage.cpuMs,
      };
    }
    case "unresponsive":
      return {
        kind: "ended",
        status: "unresponsive",
        writes: [],
        unhandledRejections: [],
        cpuMs: event.usage.cpuMs,
      };
    default:
      return undefined;
  }
}

/** What a command says, for a journal. */
export function commandRecord(command: BackendCommand, now: number): CommandRecord {
  switch (command.type) {
    case "toolResolved": {
      const { callId: call, result: value, isJson } = command;
      return { kind: "settled", call, ok: true, value, isJson, now };
    }
    case "toolRejected":
      return { kind: "settled", call: command.callId, ok: false, value: command.message, now };
    case "timerFired":
      return { kind: "fired", timer: command.timer, now };
  }
}

/** The command that a record was made of. */
export function commandOf(record: CommandRecord): BackendCommand {
  const { now } = record;
  if (record.kind === "fired") return { type: "timerFired", timer: record.timer, now };
  const { call: callId, value } = record;
  if (!record.ok) return { type: "toolRejected", callId, message: value, now };
  const { isJson } = record;
  const isAscii = Buffer.byteLength(value) === value.length;
  return { type: "toolResolved", callId, result: value, isJson, isAscii, now };
}
