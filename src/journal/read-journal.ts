import { CodeModeError } from "../base/errors.js";
import { type JournalEntry, journalVersion } from "./entry.js";

/** The fields of each kind of entry, with what each must be. */
const fields: Readonly<Record<JournalEntry["kind"], Readonly<Record<string, string>>>> = {
  opened: {
    v: "number",
    source: "string",
    tools: "array",
    modules: "array",
    stored: "strings",
    limits: "object",
    console: "string",
    dialect: "string",
    webGlobals: "boolean",
    remoteImages: "boolean",
    failOnDeadlock: "boolean",
    seed: "string",
    now: "number",
    engine: "object",
  },
  call: { call: "number", tool: "string", input: "string" },
  lookup: { call: "number", about: "string", text: "string" },
  timer: { timer: "number", due: "number" },
  cleared: { timer: "number" },
  out: { item: "object" },
  log: { log: "object" },
  notify: { text: "string" },
  yielded: {},
  ended: { status: "string", writes: "strings", unhandledRejections: "strings", cpuMs: "number" },
  settled: { call: "number", ok: "boolean", value: "string", now: "number" },
  fired: { timer: "number", now: "number" },
};

/** One line for each entry, which ends it. */
export function journalLine(entry: JournalEntry): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * Reads a journal in lines, as `journalLine` writes them. A last line that was not written to its end, as a
 * crash leaves it, is left out.
 *
 * @throws {CodeModeError} ERR_INVALID_JOURNAL, naming the line.
 */
export function readJournal(text: string): JournalEntry[] {
  const lines = text.split("\n");
  const torn = lines.pop() ?? "";
  const entries = lines.flatMap((line, index) =>
    line.trim() === "" ? [] : [readEntry(line, index + 1)],
  );
  if (entries.length > 0 || torn.trim() === "") return entries;
  throw invalid(1, "no line is complete; the file is no journal, or a crash cut it off");
}

/** The entries of each cell, in the order in which the cells were started. */
export function byCell(entries: readonly JournalEntry[]): readonly (readonly JournalEntry[])[] {
  const cells = new Map<string, JournalEntry[]>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.sessionId, entry.cellId]);
    const known = cells.get(key);
    if (known === undefined) cells.set(key, [entry]);
    else known.push(entry);
  }
  return [...cells.values()];
}

/**
 * Checks that an object is an entry of a journal.
 *
 * @param number - Of its line, for the error.
 * @throws {CodeModeError} ERR_INVALID_JOURNAL, naming the line.
 */
export function checkEntry(entry: unknown, number: number): JournalEntry {
  const fault = faultOf(entry);
  if (fault !== undefined) throw invalid(number, fault);
  return entry as JournalEntry;
}

function readEntry(line: string, number: number): JournalEntry {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    throw invalid(number, "it is no JSON");
  }
  return checkEntry(entry, number);
}

function faultOf(entry: unknown): string | undefined {
  if (!isRecord(entry)) return "it is no object";
  const { kind, sessionId, cellId, seq, at, v } = entry;
  if (typeof kind !== "string" || !Object.hasOwn(fields, kind)) {
    return `its kind must be one of ${Object.keys(fields).join(", ")}`;
  }
  if (typeof sessionId !== "string" || typeof cellId !== "string") {
    return "it must have a sessionId and a cellId";
  }
  if (typeof seq !== "number" || typeof at !== "number") {
    return "it must have a seq and an at";
  }
  if (kind === "opened" && typeof v === "number" && v > journalVersion) {
    return `it is of version ${v}, and this codecell reads up to version ${journalVersion}; use a newer one`;
  }
  const expected = Object.entries(fields[kind as JournalEntry["kind"]]);
  const wrong = expected.find(([name, type]) => !isOf(type, entry[name]));
  if (wrong !== undefined) {
    return `the field "${wrong[0]}" of the entry "${kind}" is missing or is not of the type ${wrong[1]}`;
  }
  return deeperFault(kind, entry);
}

/** What would trip who reads the entry: an item is a text or an image, a tool has its names. */
function deeperFault(kind: string, entry: Readonly<Record<string, unknown>>): string | undefined {
  if (kind === "settled" && entry["ok"] === true && typeof entry["isJson"] !== "boolean") {
    return 'the field "isJson" of the entry "settled" is missing or is not of the type boolean';
  }
  if (kind === "out") {
    const item = entry["item"] as Readonly<Record<string, unknown>>;
    const content = { text: item["text"], image: item["imageUrl"], audio: item["audioUrl"] };
    const type = item["type"];
    if (type !== "text" && type !== "image" && type !== "audio") {
      return "its item is no text, image or audio";
    }
    if (typeof content[type] !== "string") return `its ${type} has no content`;
  }
  if (kind === "opened") {
    const tools = entry["tools"] as readonly unknown[];
    const isTool = (tool: unknown): boolean => isRecord(tool) && typeof tool["name"] === "string";
    if (!tools.every(isTool)) return "one of its tools has no name";
    const limits = Object.values(entry["limits"] as object);
    if (!limits.every((limit) => limit === null || typeof limit === "number")) {
      return "one of its limits is no number";
    }
    if (!/^[0-9a-f]{64}$/.test(entry["seed"] as string)) {
      return "its seed is not 64 hexadecimal digits";
    }
  }
  return undefined;
}

function isOf(type: string, value: unknown): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "strings") {
    return Array.isArray(value) && value.every((text) => typeof text === "string");
  }
  if (type === "object") return isRecord(value);
  return typeof value === type;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(line: number, why: string): CodeModeError {
  return new CodeModeError(
    "ERR_INVALID_JOURNAL",
    `Line ${line} of the journal cannot be read: ${why}.`,
  );
}
