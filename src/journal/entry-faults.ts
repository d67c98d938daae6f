import type { CellConsole, Dialect } from "../protocol/cell-backend.js";
import type { CellLog, OutputItem } from "../protocol/outcome.js";
import { type JournalEntry, journalVersion } from "./entry.js";

type Fields = Readonly<Record<string, unknown>>;

/** What a value must be, by the name that a fault gives it. */
const types = {
  text: (value: unknown) => typeof value === "string",
  boolean: (value: unknown) => typeof value === "boolean",
  number: Number.isFinite,
  "whole number": (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0,
  // That a Date can be made of.
  time: (value: unknown) => Number.isFinite(value) && Math.abs(Number(value)) <= 8.64e15,
  object: isObject,
  list: Array.isArray,
  "list of texts": isTexts,
} satisfies Readonly<Record<string, (value: unknown) => boolean>>;

type TypeName = keyof typeof types;

/** The fields of each kind of entry, with what each must be. */
const fields: Readonly<Record<JournalEntry["kind"], Readonly<Record<string, TypeName>>>> = {
  opened: {
    v: "whole number",
    source: "text",
    tools: "list",
    modules: "list",
    stored: "list of texts",
    limits: "object",
    console: "text",
    dialect: "text",
    webGlobals: "boolean",
    remoteImages: "boolean",
    failOnDeadlock: "boolean",
    seed: "text",
    now: "time",
    engine: "object",
  },
  call: { call: "whole number", tool: "text", input: "text" },
  lookup: { call: "whole number", about: "text", text: "text" },
  timer: { timer: "whole number", due: "number" },
  cleared: { timer: "whole number" },
  out: { item: "object" },
  log: { log: "object" },
  notify: { text: "text" },
  yielded: {},
  ended: {
    status: "text",
    writes: "list of texts",
    unhandledRejections: "list of texts",
    cpuMs: "number",
  },
  settled: { call: "whole number", ok: "boolean", value: "text", now: "time" },
  fired: { timer: "whole number", now: "time" },
};

const consoles: readonly ("off" | CellConsole)[] = ["off", "logs", "output"];
const dialects: readonly Dialect[] = ["strict", "lenient"];
const levels: readonly CellLog["level"][] = ["debug", "log", "info", "warn", "error"];
const contents: Readonly<Record<OutputItem["type"], string>> = {
  text: "text",
  image: "imageUrl",
  audio: "audioUrl",
};

/** Why something is no entry of a journal, as a clause; undefined where it is one. */
export function entryFault(entry: unknown): string | undefined {
  if (!isObject(entry)) return "it is no object";
  const { kind, sessionId, cellId, seq, at, v } = entry;
  if (!isKind(kind)) return `its kind must be one of ${Object.keys(fields).join(", ")}`;
  if (typeof sessionId !== "string" || typeof cellId !== "string") {
    return "it must have a sessionId and a cellId";
  }
  if (!types["whole number"](seq) || !types.time(at)) return "it must have a seq and an at";
  if (kind === "opened" && typeof v === "number" && v > journalVersion) {
    return `it is of version ${v}, and this codecell reads up to version ${journalVersion}; use a newer one`;
  }
  return fieldsFault(`the entry "${kind}"`, entry, fields[kind]) ?? deeperFault(kind, entry);
}

function deeperFault(kind: JournalEntry["kind"], entry: Fields): string | undefined {
  switch (kind) {
    case "opened":
      return openedFault(entry);
    case "settled":
      return entry["ok"] === true
        ? fieldsFault('the entry "settled"', entry, { isJson: "boolean" })
        : undefined;
    case "out":
      return itemFault(entry["item"] as Fields);
    case "log":
      return logFault(entry["log"] as Fields);
    case "ended":
      return entry["error"] === undefined ? undefined : errorFault(entry["error"]);
    default:
      return undefined;
  }
}

function openedFault(entry: Fields): string | undefined {
  const { tools, modules, stored, limits, seed, engine } = entry;
  if (!(tools as readonly unknown[]).every(isTool)) {
    return "each of its tools must have a name, an ownName, a namespace and a description, which are texts, and isMcp, a boolean";
  }
  if (!(modules as readonly unknown[]).every(isModule)) {
    return "each of its modules must have a specifier, and a source or exports, which are texts";
  }
  if ((stored as readonly unknown[]).length % 2 !== 0) return "its stored values must be pairs";
  const numbers = Object.values(limits as Fields).filter((limit) => limit !== null);
  if (!numbers.every(Number.isFinite)) return "each of its limits must be a number or null";
  if (!isTexts(Object.values(engine as Fields))) return "what it says of its engine must be texts";
  const { trace } = entry;
  if (trace !== undefined && typeof trace !== "string") return "its trace must be a text";
  if (!/^[0-9a-f]{64}$/.test(String(seed))) return "its seed must be 64 hexadecimal digits";
  return (
    wordFault("console", entry["console"], consoles) ??
    wordFault("dialect", entry["dialect"], dialects)
  );
}

function isTool(tool: unknown): boolean {
  if (!isObject(tool)) return false;
  const texts = [tool["name"], tool["ownName"], tool["namespace"], tool["description"]];
  return texts.every((text) => typeof text === "string") && typeof tool["isMcp"] === "boolean";
}

function isModule(module: unknown): boolean {
  if (!isObject(module) || typeof module["specifier"] !== "string") return false;
  return typeof module["source"] === "string" || isTexts(module["exports"]);
}

function itemFault(item: Fields): string | undefined {
  const { type } = item;
  if (type !== "text" && type !== "image" && type !== "audio") {
    return "its item must be a text, an image or an audio";
  }
  const content = contents[type];
  return fieldsFault("its item", item, { [content]: "text" });
}

function logFault(log: Fields): string | undefined {
  return (
    fieldsFault("its log", log, { level: "text", text: "text", time: "time" }) ??
    wordFault("level", log["level"], levels)
  );
}

function errorFault(error: unknown): string | undefined {
  if (!isObject(error)) return "its error must be an object";
  return fieldsFault("its error", error, {
    code: "text",
    name: "text",
    message: "text",
    text: "text",
  });
}

function fieldsFault(
  what: string,
  entry: Fields,
  expected: Readonly<Record<string, TypeName>>,
): string | undefined {
  const wrong = Object.entries(expected).find(([name, type]) => !types[type](entry[name]));
  return wrong && `the field "${wrong[0]}" of ${what} is missing or is not of the type ${wrong[1]}`;
}

function wordFault(name: string, value: unknown, words: readonly unknown[]): string | undefined {
  return words.includes(value) ? undefined : `its ${name} must be one of ${words.join(", ")}`;
}

function isKind(kind: unknown): kind is JournalEntry["kind"] {
  return typeof kind === "string" && Object.hasOwn(fields, kind);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
