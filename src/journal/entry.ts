import type { BackendModule, BackendTool, CellConsole, Dialect } from "../protocol/cell-backend.js";
import type { CellError, CellLog, OutputItem } from "../protocol/outcome.js";

/** The version of the entries that this release writes, and the newest that it reads. */
export const journalVersion = 1;

/**
 * One thing that happened to a recorded cell. A journal is a cell's entries in order: what it was started
 * with, what it did, and everything that entered it.
 */
export type JournalEntry = JournalEntryOf<JournalRecord>;

/** An entry of some kinds. */
export type JournalEntryOf<Record> = Record & {
  readonly sessionId: string;
  /** The cells of each session are counted from "1". */
  readonly cellId: string;
  /** Its place in the journal, from 0. */
  readonly seq: number;
  /** When it was written: milliseconds since the epoch. */
  readonly at: number;
};

/** The part of an entry that depends on its kind. */
export type JournalRecord = OpenedRecord | EmittedRecord | CommandRecord;

/** What the cell was started with. */
export interface OpenedRecord {
  readonly kind: "opened";
  /** The version of the journal's entries. */
  readonly v: number;
  /** As it ran: JavaScript. */
  readonly source: string;
  /** Its tools, without what they do. */
  readonly tools: readonly BackendTool[];
  readonly modules: readonly BackendModule[];
  /** The stored values that it found: key, JSON text, … */
  readonly stored: readonly string[];
  /** By name; null is no limit. */
  readonly limits: Readonly<Record<string, number | null>>;
  readonly console: "off" | CellConsole;
  readonly dialect: Dialect;
  readonly webGlobals: boolean;
  readonly remoteImages: boolean;
  readonly failOnDeadlock: boolean;
  /** Of its randomness: 64 hexadecimal digits. */
  readonly seed: string;
  /** What its clock showed first: milliseconds since the epoch. */
  readonly now: number;
  readonly engine: JournalEngine;
  /** Where it was traced, as W3C Trace Context writes it. Only of a durable cell that was. */
  readonly trace?: string;
}

/** What a cell's results may depend on besides its journal. */
export interface JournalEngine {
  readonly v8: string;
  readonly icu: string;
  /** The version of the time zone data. */
  readonly tz: string;
  readonly arch: string;
  readonly timeZone: string;
  readonly locale: string;
}

/** What a cell did. In a replay it must do the same. */
export type EmittedRecord =
  /** It called a tool. `input` is JSON text. */
  | {
      readonly kind: "call";
      readonly call: number;
      readonly tool: string;
      readonly input: string;
    }
  /** It searched its tools (with a limit of matches), or asked for one by name. */
  | {
      readonly kind: "lookup";
      readonly call: number;
      readonly about: "search" | "tool";
      readonly text: string;
      readonly limit?: number;
    }
  /** It has a timer that is due when its clock shows `due`. */
  | { readonly kind: "timer"; readonly timer: number; readonly due: number }
  | { readonly kind: "cleared"; readonly timer: number }
  | { readonly kind: "out"; readonly item: OutputItem }
  | { readonly kind: "log"; readonly log: CellLog }
  | { readonly kind: "notify"; readonly text: string }
  | { readonly kind: "yielded" }
  | EndedRecord;

/** How it ended. `unresponsive`: it did not stop and was cut off. */
export interface EndedRecord {
  readonly kind: "ended";
  readonly status: "completed" | "failed" | "terminated" | "unresponsive";
  readonly error?: JournalError;
  /** What it stored: key, JSON text, … */
  readonly writes: readonly string[];
  readonly unhandledRejections: readonly string[];
  /** Milliseconds of processor time. */
  readonly cpuMs: number;
}

/** Why a cell failed. */
export type JournalError = Pick<CellError, "code" | "name" | "message" | "text">;

/** What entered a cell. A replay gives it the same, in the same order. */
export type CommandRecord =
  | SettledRecord
  | {
      readonly kind: "fired";
      readonly timer: number;
      /** What its clock shows from here on. */
      readonly now: number;
    };

/** A tool call or a lookup was settled. */
export type SettledRecord =
  | {
      readonly kind: "settled";
      readonly call: number;
      readonly ok: true;
      /** JSON text, or the result itself where that is a string. */
      readonly value: string;
      readonly isJson: boolean;
      readonly now: number;
    }
  | {
      readonly kind: "settled";
      readonly call: number;
      readonly ok: false;
      /** The text of the error. */
      readonly value: string;
      readonly now: number;
    };

/** Takes each entry as it comes. */
export type JournalWriter = (entry: JournalEntry) => void;
