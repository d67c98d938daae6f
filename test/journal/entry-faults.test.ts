import { describe, expect, test } from "vitest";
import { readJournal } from "../../src/index.js";
import { openedEntry } from "../support/opened-entry.js";

const opened = openedEntry({ sessionId: "s", cellId: "1", at: 0 });
const entry = { sessionId: "s", cellId: "1", seq: 1, at: 0 };
const call = { ...entry, kind: "call", call: 1, tool: "a", input: "{}" };
const fired = { ...entry, kind: "fired", timer: 1, now: 0 };
const settled = { ...entry, kind: "settled", call: 1, ok: true, value: "1", isJson: true, now: 0 };
const rejected = { ...entry, kind: "settled", call: 1, ok: false, value: "no", now: 0 };
const error = { code: "ERR_CELL_SCRIPT", name: "Error", message: "", text: "" };
const ended = {
  ...{ ...entry, kind: "ended", status: "failed", cpuMs: 1 },
  ...{ writes: [], unhandledRejections: [], error },
};
const out = (item: unknown) => ({ ...entry, kind: "out", item });
const log = (line: object) => ({
  ...{ ...entry, kind: "log" },
  log: { level: "log", text: "", time: 0, ...line },
});
const tool = { name: "a", ownName: "a", namespace: "", description: "", isMcp: false };
const lastDate = 8.64e15;

function read(line: unknown): unknown {
  return readJournal(`${typeof line === "string" ? line : JSON.stringify(line)}\n`);
}

describe("a line of a journal is read:", () => {
  test.each<[string, object]>([
    ["the first", opened],
    ["one with tools", { ...opened, tools: [tool, { ...tool, name: "b" }] }],
    ["one with the source of a module", { ...opened, modules: [{ specifier: "m", source: "" }] }],
    ["one with names of exports", { ...opened, modules: [{ specifier: "m", exports: ["a"] }] }],
    ["one with stored values", { ...opened, stored: ["k", "1", "l", "2"] }],
    ["one with limits, and without some", { ...opened, limits: { cpuMs: 1.5, wallMs: null } }],
    ["one that was traced", { ...opened, trace: "00-1-2-01" }],
    ["one of an older version", { ...opened, v: 0 }],
    ...["logs", "output"].map(
      (console) => [`one whose console is ${console}`, { ...opened, console }] as [string, object],
    ),
    ["a lenient one", { ...opened, dialect: "lenient" }],
    ["the first that could be", { ...call, seq: 0, call: 0 }],
    ["one at the last moment of dates", { ...fired, at: lastDate, now: lastDate }],
    ["one at their first", { ...fired, at: -lastDate, now: -lastDate }],
    ["a lookup", { ...entry, kind: "lookup", call: 1, about: "search", text: "a", limit: 3 }],
    ["a timer", { ...entry, kind: "timer", timer: 1, due: 0.5 }],
    ["a timer that was taken back", { ...entry, kind: "cleared", timer: 1 }],
    ["a text", out({ type: "text", text: "" })],
    ["an image", out({ type: "image", imageUrl: "data:" })],
    ["an audio", out({ type: "audio", audioUrl: "data:" })],
    ...["debug", "log", "info", "warn", "error"].map(
      (level) => [`a line of the console, ${level}`, log({ level })] as [string, object],
    ),
    ["a notification", { ...entry, kind: "notify", text: "" }],
    ["a yield", { ...entry, kind: "yielded", v: 2 }],
    ["an end with an error", ended],
    ["an end without one", { ...ended, error: undefined }],
    ["an end with what it stored", { ...ended, writes: ["k", "1"], unhandledRejections: ["a"] }],
    ["a result", settled],
    ["the error of a call", rejected],
    ["a timer that was due", fired],
  ])("%s", (_, line) => {
    expect(read(line)).toEqual([JSON.parse(JSON.stringify(line))]);
  });
});

const headless = { kind: "yielded", seq: 1, at: 0 };

describe("a line of a journal is refused", () => {
  test.each<[string, unknown, RegExp]>([
    ["that is no JSON", "{", /Line 1 .* no JSON/],
    ["that is a list", [], /no object/],
    ["that is null", "null", /no object/],
    ["that is a text", '"yielded"', /no object/],
    ["of another kind", { ...entry, kind: "constructor" }, /its kind must be one of opened, call/],
    ["of a list of kinds", { ...entry, kind: ["call"] }, /its kind must be/],
    ["without a session", { ...headless, cellId: "1" }, /must have a sessionId and a cellId/],
    ["without a cell", { ...headless, sessionId: "s" }, /must have a sessionId and a cellId/],
    ["without a place", { ...entry, kind: "yielded", seq: undefined }, /must have a seq and an at/],
    ["with half a place", { ...entry, kind: "yielded", seq: 0.5 }, /must have a seq and an at/],
    ["before the first", { ...entry, kind: "yielded", seq: -1 }, /must have a seq and an at/],
    ["without a time", { ...entry, kind: "yielded", at: undefined }, /must have a seq and an at/],
    ["with a text as time", { ...entry, kind: "yielded", at: "1" }, /must have a seq and an at/],
    ["beyond all dates", { ...entry, kind: "yielded", at: lastDate * 2 }, /a seq and an at/],
    ["before all dates", { ...entry, kind: "yielded", at: -lastDate * 2 }, /a seq and an at/],
    [
      "with an infinite place",
      '{"kind":"yielded","sessionId":"s","cellId":"1","seq":1e999,"at":0}',
      /a seq/,
    ],
    ["of a newer version", { ...opened, v: 2 }, /version 2, and this codecell reads up to version/],
    ["of a version in words", { ...opened, v: "2" }, /field "v" .* the type whole number/],
    ["with a clock beyond all dates", { ...fired, now: 8.7e15 }, /field "now"/],
    ["with half a timer", { ...fired, timer: 1.5 }, /field "timer"/],
    ["with an error of a call that has no time", { ...rejected, now: undefined }, /field "now"/],
    ["with a result of no form", { ...settled, isJson: undefined }, /field "isJson"/],
    ["with a result of a form in words", { ...settled, isJson: "true" }, /field "isJson"/],
    ["with a result that says in a number whether it is one", { ...settled, ok: 1 }, /field "ok"/],
  ])("%s", (_, line, message) => {
    expect(() => read(line)).toThrow(message);
  });

  test.each<[string, Record<string, unknown>]>([
    ["opened", { ...opened }],
    ["call", call],
    ["lookup", { ...entry, kind: "lookup", call: 1, about: "search", text: "a" }],
    ["timer", { ...entry, kind: "timer", timer: 1, due: 2 }],
    ["cleared", { ...entry, kind: "cleared", timer: 1 }],
    ["out", out({ type: "text", text: "" })],
    ["log", log({})],
    ["notify", { ...entry, kind: "notify", text: "" }],
    ["ended", { ...ended, error: undefined }],
    ["settled", rejected],
    ["fired", fired],
  ])("of the kind %s without any of its fields, or with another type of one", (kind, line) => {
    const { kind: _kind, sessionId: _session, cellId: _cell, seq: _seq, at: _at, ...own } = line;
    const names = Object.keys(own).filter((name) => own[name] !== undefined);
    expect(names).not.toEqual([]);
    for (const name of names) {
      const message = `the field "${name}" of the entry "${kind}" is missing`;
      expect(() => read({ ...line, [name]: undefined })).toThrow(message);
      expect(() => read({ ...line, [name]: null })).toThrow(message);
      const other = typeof own[name] === "string" ? 1 : "1";
      expect(() => read({ ...line, [name]: other })).toThrow(message);
    }
  });

  test.each<[string, object, RegExp]>([
    ["a tool that is none", { tools: [tool, null] }, /each of its tools must have a name/],
    ["a tool without a name", { tools: [tool, { ...tool, name: undefined }] }, /its tools/],
    ["a tool whose own name is no text", { tools: [{ ...tool, ownName: 1 }] }, /its tools/],
    ["a tool without a namespace", { tools: [{ ...tool, namespace: undefined }] }, /its tools/],
    ["a tool without a description", { tools: [{ ...tool, description: null }] }, /its tools/],
    ["a tool of which nobody knows whose", { tools: [{ ...tool, isMcp: 0 }] }, /its tools/],
    ["a module that is a text", { modules: ["m"] }, /each of its modules must have/],
    ["a module that is null", { modules: [null] }, /each of its modules must have/],
    ["a module without a name", { modules: [{ source: "" }] }, /each of its modules must have/],
    [
      "a module without content beside a good one",
      { modules: [{ specifier: "m", source: "" }, { specifier: "n" }] },
      /source or exports/,
    ],
    [
      "an export that is no text",
      { modules: [{ specifier: "m", exports: ["a", 1] }] },
      /source or exports/,
    ],
    ["a stored value that is no text", { stored: ["k", 1] }, /field "stored" .* list of texts/],
    ["a key without a value", { stored: ["k", "1", "l"] }, /must be pairs/],
    ["limits in a list", { limits: [] }, /field "limits"/],
    ["a limit that is a text", { limits: { wallMs: 1, cpuMs: "1" } }, /a number or null/],
    ["an engine that has no text", { engine: { v8: "1", icu: {} } }, /of its engine must be texts/],
    ["a trace that is no text", { trace: 1 }, /its trace must be a text/],
    ["a trace that is null", { trace: null }, /its trace must be a text/],
    ["a short seed", { seed: "0".repeat(63) }, /64 hexadecimal digits/],
    ["a long seed", { seed: "0".repeat(65) }, /64 hexadecimal digits/],
    ["a seed with something before it", { seed: `x${"0".repeat(64)}` }, /64 hexadecimal digits/],
    ["an unknown console", { console: "loud" }, /console must be one of off, logs, output/],
    ["an unknown dialect", { dialect: "loose" }, /dialect must be one of strict, lenient/],
  ])("whose cell was started with %s", (_, other, message) => {
    expect(() => read({ ...opened, ...other })).toThrow(message);
  });

  test.each<[string, object, RegExp]>([
    ["an item of no type", out({}), /must be a text, an image or an audio/],
    ["an item of another type", out({ type: "video", text: "" }), /must be a text, an image or an/],
    ["a text with nothing in it", out({ type: "text" }), /field "text" of its item/],
    ["an image in a text", out({ type: "image", text: "" }), /field "imageUrl" of its item/],
    ["an audio in an image", out({ type: "audio", imageUrl: "" }), /field "audioUrl" of its item/],
    ["a line of no level", log({ level: "loud" }), /level must be one of debug, log, info, warn/],
    ["a line without a level", log({ level: undefined }), /field "level" of its log/],
    ["a line without a text", log({ text: undefined }), /field "text" of its log/],
    ["a line without a time", log({ time: undefined }), /field "time" of its log/],
    ["an end whose error is a text", { ...ended, error: "Error" }, /error must be an object/],
    ["an end whose error is null", { ...ended, error: null }, /error must be an object/],
    ...["code", "name", "message", "text"].map((name): [string, object, RegExp] => [
      `an end whose error has no ${name}`,
      { ...ended, error: { ...error, [name]: undefined } },
      new RegExp(`field "${name}" of its error`),
    ]),
  ])("that has %s", (_, line, message) => {
    expect(() => read(line)).toThrow(message);
  });
});
