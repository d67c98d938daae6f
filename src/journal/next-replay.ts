import type { CommandRecord, EmittedRecord, EndedRecord, JournalEntryOf } from "./entry.js";

/** What a journal says of a cell, as a replay needs it. */
export interface RecordedCell {
  /** What it did, in order. */
  readonly emitted: readonly JournalEntryOf<EmittedRecord>[];
  /** What entered it, in order. */
  readonly commands: readonly JournalEntryOf<CommandRecord>[];
}

/** How far a replay has come. */
export interface ReplayState {
  /**
   * `replaying`: the cell does what it did; `live`: it has done all that the journal has; `over`: it
   * has ended as it did; `diverged`: it has done something else.
   */
  readonly phase: "replaying" | "live" | "over" | "diverged";
  /** How many of the recorded emissions it has repeated. */
  readonly emitted: number;
  /** How many of the recorded commands it has been sent. */
  readonly sent: number;
  /** The last call or lookup, and the last timer, that it has made. */
  readonly lastCall: number;
  readonly lastTimer: number;
}

/** Where a cell did something else than its journal says. */
export interface Divergence {
  /** The `seq` of the entry that it did not repeat; undefined where the journal has no more. */
  readonly seq: number | undefined;
  readonly expected: EmittedRecord | undefined;
  /** Undefined where it waits for something that its journal does not have. */
  readonly got: EmittedRecord | undefined;
}

/** What follows an emission. */
export interface ReplayStep {
  readonly state: ReplayState;
  /** What the cell is sent now, in order. */
  readonly send: readonly JournalEntryOf<CommandRecord>[];
  /** Set when the state becomes `diverged`. */
  readonly divergence?: Divergence;
}

/** Of a cell that has done nothing yet. */
export function initialReplay(recorded: RecordedCell): ReplayState {
  const phase = recorded.emitted.length === 0 ? "live" : "replaying";
  return { phase, emitted: 0, sent: 0, lastCall: 0, lastTimer: 0 };
}

/**
 * Decides what follows from something that a replayed cell does. The order of the emissions and that
 * of the commands are each what was recorded. A command is sent as soon as the call or timer exists that
 * it is for: a cell takes its commands one by one, so sending them early changes nothing.
 */
export function nextReplay(
  recorded: RecordedCell,
  state: ReplayState,
  got: EmittedRecord,
): ReplayStep {
  if (state.phase !== "replaying") return { state, send: [] };
  const expected = recorded.emitted[state.emitted];
  if (expected === undefined || !isSame(expected, got)) {
    const divergence = { seq: expected?.seq, expected: expected && plain(expected), got };
    return { state: { ...state, phase: "diverged" }, send: [], divergence };
  }
  const emitted = state.emitted + 1;
  const lastCall = "call" in got ? Math.max(state.lastCall, got.call) : state.lastCall;
  const lastTimer = got.kind === "timer" ? Math.max(state.lastTimer, got.timer) : state.lastTimer;
  const send = readyCommands(recorded, state.sent, { lastCall, lastTimer });
  const phase = phaseAfter(got, emitted === recorded.emitted.length);
  return { state: { phase, emitted, sent: state.sent + send.length, lastCall, lastTimer }, send };
}

/**
 * Whether an end is one that a cell does not come to by itself: it was stopped, its process was lost, or it
 * passed a limit of time or memory, which no two runs use alike.
 */
export function isEndFromOutside({ status, error }: EndedRecord): boolean {
  if (status === "terminated" || status === "unresponsive") return true;
  return error !== undefined && unrepeatable.has(error.code);
}

const unrepeatable: ReadonlySet<string> = new Set([
  "ERR_CELL_CPU_LIMIT",
  "ERR_CELL_WALL_LIMIT",
  "ERR_CELL_HEAP_LIMIT",
  "ERR_CELL_MEMORY_LIMIT",
  "ERR_CELL_ENGINE",
  "ERR_CELL_HOST_LOST",
]);

function phaseAfter(got: EmittedRecord, isLast: boolean): ReplayState["phase"] {
  if (got.kind === "ended") return "over";
  return isLast ? "live" : "replaying";
}

function readyCommands(
  { commands }: RecordedCell,
  from: number,
  made: Pick<ReplayState, "lastCall" | "lastTimer">,
): readonly JournalEntryOf<CommandRecord>[] {
  let to = from;
  for (; to < commands.length; to += 1) {
    const command = commands[to];
    if (command === undefined) break;
    const isMade =
      command.kind === "fired" ? command.timer <= made.lastTimer : command.call <= made.lastCall;
    if (!isMade) break;
  }
  return from === to ? [] : commands.slice(from, to);
}

/** Compares what a cell did; of an end, what does not differ from run to run. */
function isSame(expected: EmittedRecord, got: EmittedRecord): boolean {
  return textOf(expected) === textOf(got);
}

function textOf(record: EmittedRecord): string {
  switch (record.kind) {
    case "call":
      return JSON.stringify(["call", record.call, record.tool, record.input]);
    case "lookup":
      return JSON.stringify(["lookup", record.call, record.about, record.text, record.limit]);
    case "timer":
      return JSON.stringify(["timer", record.timer, record.due]);
    case "cleared":
      return JSON.stringify(["cleared", record.timer]);
    case "out":
      return JSON.stringify(["out", Object.entries(record.item).sort()]);
    case "log":
      return JSON.stringify(["log", record.log.level, record.log.text, record.log.time]);
    case "notify":
      return JSON.stringify(["notify", record.text]);
    case "yielded":
      return JSON.stringify(["yielded"]);
    case "ended": {
      const { status, error, writes, unhandledRejections } = record;
      const { code, message } = error ?? {};
      return JSON.stringify(["ended", status, code, message, writes, unhandledRejections]);
    }
  }
}

function plain(entry: JournalEntryOf<EmittedRecord>): EmittedRecord {
  const { sessionId, cellId, seq, at, ...record } = entry;
  return record as EmittedRecord;
}
