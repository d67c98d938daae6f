// The tables of docs/performance.md about one exec, from what was measured.

import { mebibytes, microseconds, percent, range, table, time } from "./format.mjs";
import { nodes } from "./runs.mjs";

/** @typedef {import("./tables.mjs").Table} Table */

/** @type {Table} */
export function startup(of) {
  const scenarios = {
    "prewarm 0": "prewarm off",
    "prewarm auto, exec at once": "default, exec at once",
    "prewarm auto, exec a moment later": "default, exec a moment later",
  };
  const parts = { importMs: "import", openMs: "open", execMs: "first exec", totalMs: "all" };
  const head = nodes.flatMap((node) =>
    Object.values(parts).map((part, i) => (i === 0 ? `${node}: ${part}` : part)),
  );
  const rows = Object.entries(scenarios).map(([scenario, what]) => [
    what,
    ...of.flatMap((measured) => {
      const found = measured.row("startup", { scenario });
      return Object.keys(parts).map((part) => time(found[part]?.p50));
    }),
  ]);
  return table(["a fresh process", ...head], rows);
}

/** @type {Table} */
export function hosts(of) {
  const scenarios = {
    cold: "codecell, cold",
    warm: "codecell, warm",
    "ready, asleep": "codecell, ready",
    "cold, codecell host": "`codecell host`, cold",
    "warm, codecell host": "`codecell host`, warm",
    "cold, Codex's own host": "Codex's own host, cold",
    "warm, Codex's own host": "Codex's own host, warm",
  };
  const counts = [0, 32, 128];
  const head = nodes.flatMap((node) => [
    `${node}: no tools`,
    ...counts.slice(1).map((count) => `${count} tools`),
    "memory",
  ]);
  const rows = Object.entries(scenarios).map(([scenario, what]) => [
    what,
    ...of.flatMap((measured) => {
      const found = counts.map((tools) => measured.row("exec-overhead", { scenario, tools }));
      const { memoryP50Bytes, memoryMaxBytes } = found.at(-1);
      return [
        ...found.map(({ p50Ms }) => time(p50Ms)),
        range([memoryP50Bytes, memoryMaxBytes], mebibytes),
      ];
    }),
  ]);
  return table(['`text("ok")`', ...head], rows);
}

/** @type {Table} */
export function path(of) {
  const steps = {
    "exec's JavaScript: options, slots, the choice of an isolate": ["exec's JavaScript"],
    "the addon reads the cell's options": ["the addon reads the cell's options"],
    "until the cell's thread runs": ["until the cell's thread runs"],
    "begin: what a cell may, clock, watchdog": ["begin: globals, clock, watchdog"],
    "compile, link, evaluate": ["compile", "link", "evaluate"],
    "end: microtasks, result, usage": ["end: microtasks, result, usage"],
    "until the host's thread runs": ["until the host's thread runs"],
    "events become values": ["events become values"],
    "the events' JavaScript: output, end, outcome": ["the events' JavaScript"],
    "the promise": ["the promise"],
    "in all": ["in all"],
  };
  const head = nodes.flatMap((node) => [`${node}: event loop turned`, "thread slept"]);
  const cells = (names, text) =>
    of.flatMap((measured) =>
      ["turns", "sleeps"].map((pause) => {
        const p50 = (name) => measured.row("exec-path", { name })[pause]?.p50;
        return text(
          names.reduce((sum, name) => sum + p50(name), 0),
          p50("in all"),
        );
      }),
    );
  const rows = [
    ...Object.entries(steps).map(([what, names]) => [what, ...cells(names, microseconds)]),
    [
      "of that, codecell's own JavaScript",
      ...cells(["exec's JavaScript", "the events' JavaScript", "the promise"], (ms, all) =>
        percent(ms / all),
      ),
    ],
  ];
  return table(["step", ...head], rows);
}

/** @type {Table} */
export function firstCall(of) {
  const kinds = { none: "no call", one: "one call", two: "two calls" };
  const head = nodes.flatMap((node) =>
    Object.values(kinds).map((kind, i) => (i === 0 ? `${node}: ${kind}` : kind)),
  );
  const steps = of.find((measured) => measured.rows("first-call").length > 0);
  const rows = (steps?.rows("first-call") ?? []).map(({ step }) => [
    step,
    ...of.flatMap((measured) => {
      const found = measured.row("first-call", { step });
      return Object.keys(kinds).map((kind) =>
        found[kind] === null ? "" : microseconds(found[kind]?.p50),
      );
    }),
  ]);
  return table(["step", ...head], rows);
}
