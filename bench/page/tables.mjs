// The tables of docs/performance.md, from what was measured.

import { firstCall, hosts, path, startup } from "./exec-tables.mjs";
import {
  grouped,
  mebibytes,
  mebibytesPerSecond,
  percent,
  range,
  table,
  time,
  times,
} from "./format.mjs";
import { goals } from "./goals.mjs";
import { nodes } from "./runs.mjs";

/** @typedef {import("./measured.mjs").Measured} Measured */
/** @typedef {(measured: Measured) => string} Cell */
/** @typedef {(of: readonly Measured[]) => string} Table - `of` has the Nodes in their order. */

/**
 * @param {string} what
 * @param {readonly Measured[]} of
 * @param {Cell} cell
 * @returns {string[]} A row with a cell for each Node.
 */
function row(what, of, cell) {
  return [what, ...of.map(cell)];
}

/** @type {Table} */
function peers(of) {
  const works = {
    'text("ok")': '`text("ok")`',
    "one nested call": "a cell with one tool call",
    "each of 1000 calls in a row": "one of 1000 tool calls in a row",
    "each of 100 calls in flight": "one of 100 tool calls in flight",
    "each of many cells, 2 at once": "one of many cells, 2 at once",
  };
  const head = of.flatMap((measured, i) => {
    const { version = "" } = measured.row("peers", { peer: "isolated-vm" });
    return [`${nodes[i]}: codecell`, `isolated-vm ${version}`.trim(), ""];
  });
  const rows = Object.entries(works).map(([title, what]) => [
    what,
    ...of.flatMap((measured) => {
      const ours = measured.row("peers", { title, peer: "codecell" });
      const other = measured.row("peers", { title, peer: "isolated-vm" });
      return [time(ours.p50Ms), time(other.p50Ms), times(other.ratio)];
    }),
  ]);
  return table(["", ...head], rows);
}

/** @type {Table} */
function toolCall(of) {
  const sizes = { "1 byte": 1, "1 KiB": 2 ** 10, "1 MiB": 2 ** 20 };
  const ways = {
    "one after another": ["one after another"],
    "100 in flight (of 1 MiB: 10)": ["100 in flight", "10 in flight"],
    "10 000 in flight": ["10 000 in flight"],
  };
  const head = nodes.flatMap((node) =>
    Object.keys(sizes).map((size, i) => (i === 0 ? `${node}: ${size}` : size)),
  );
  const rows = Object.entries(ways).map(([what, names]) => [
    what,
    ...of.flatMap((measured) =>
      Object.values(sizes).map((size) => {
        // To four digits, as all numbers.
        const found = measured
          .rows("tool-call")
          .find(
            ({ scenario, bytes }) => names.includes(scenario) && Math.abs(bytes / size - 1) < 0.001,
          );
        return found === undefined ? "" : time(found.p50Ms);
      }),
    ),
  ]);
  return table(["", ...head], rows);
}

/** @type {Table} */
function throughput(of) {
  const counts = [2, 4, 16, 64];
  const rates = (rows) => {
    const all = (part) => rows.map((row) => row[part]);
    return [
      range(all("perSecond"), grouped),
      range(all("cpuMs"), time),
      range(all("shareOfFloor"), percent),
    ];
  };
  const found = (work, atOnce) => (measured) =>
    atOnce.map((count) => measured.row("throughput", { work, atOnce: count }));
  const kinds = [
    { what: "the floor", rowsOf: found("bare isolates", [2]) },
    { what: '`text("ok")`, 1 at once', rowsOf: found('text("ok")', [1]) },
    { what: "2, 4, 16, 64 at once", rowsOf: found('text("ok")', counts) },
    { what: "one tool call each, 1 at once", rowsOf: found("one tool call", [1]) },
    { what: "2, 4, 16, 64 at once", rowsOf: found("one tool call", counts) },
  ];
  const head = nodes.flatMap((node) => [
    `${node}: per second`,
    "processor time each",
    "of the floor",
  ]);
  const rows = kinds.map(({ what, rowsOf }) => [
    what,
    ...of.flatMap((measured) => rates(rowsOf(measured))),
  ]);
  return table(["", ...head], rows);
}

/** @type {Table} */
function rest(of) {
  const timer = (timers) => (measured) => time(measured.row("timer", { timers }).p50);
  const item = (output) => (measured) => time(measured.row("output", { output }).perItemMs);
  const speed = (output) => (measured) =>
    mebibytesPerSecond(measured.row("output", { output }).bytesPerSecond);
  const memory = (kind) => (measured) => mebibytes(measured.row("memory", { of: kind }).bytes?.p50);
  const beside = (flood) => (measured) => times(measured.row("fairness", { flood }).p50Ratio);
  const many = (measured) =>
    measured.rows("memory").find(({ keptBytes }) => keptBytes !== undefined);
  /** @type {[string, string, Cell][]} */
  const rows = [
    [
      "terminate",
      "a busy loop, until its isolate is gone",
      (measured) => time(measured.row("terminate", { cell: "busy loop" }).p50),
    ],
    [
      "yield-wait",
      "from `yield_control` in the cell until `wait` resolves",
      (measured) =>
        time(measured.row("yield-wait", { what: "wait, until the cell has yielded" }).p50),
    ],
    ["timer", "a `setTimeout(0)` in a chain", timer("chain of setTimeout(0)")],
    ["timer", "one of 10 000 at once", timer("10 000 at once, due at once")],
    ["output", "an item, of 100", item("100 small")],
    ["output", "an item, of 10 000", item("10 000 small")],
    ["output", "large outputs, Latin-1", speed("40 of 1 MiB")],
    ["output", "large outputs, others", speed("20 of 1 MiB, not Latin-1")],
    ["memory", "a ready isolate", memory("a parked isolate")],
    ["memory", "an idle cell", memory("an idle cell")],
    ["memory", "a cell that has made garbage", memory("a cell that has made garbage")],
    [
      "memory",
      "10 000 execs: growth of the process",
      (measured) => mebibytes(many(measured)?.bytes.p50),
    ],
    [
      "memory",
      "10 000 execs: objects that are kept",
      (measured) => mebibytes(many(measured)?.keptBytes),
    ],
    [
      "cpu",
      "computing code, compared to plain Node",
      (measured) =>
        range(
          measured.rows("cpu").map(({ ratio }) => ratio),
          (ratio) => `${ratio.toFixed(2)}x`,
        ),
    ],
    [
      "fairness",
      '`text("ok")` while another session floods',
      (measured) =>
        range(
          measured
            .rows("fairness")
            .filter(({ flood }) => !["alone", "200 endless cells"].includes(flood))
            .map(({ p50Ratio }) => p50Ratio),
          times,
        ),
    ],
    ["fairness", '`text("ok")` beside 200 endless cells', beside("200 endless cells")],
  ];
  return table(
    ["`npm run bench -- `", "", ...nodes],
    rows.map(([program, what, cell]) => [`\`${program}\``, ...row(what, of, cell)]),
  );
}

/** @type {Table} */
function model(of) {
  const took = (what) => (measured) => time(measured.row("model", { what }).p50);
  return table(
    ["", ...nodes],
    [
      row("describe 272 tools for a model, the first time", of, took("describe 272 tools, first")),
      row("the same again", of, took("describe 272 tools, again")),
      row("index 272 tools and search once", of, took("find 5 of 272 tools, first")),
      row("a later cell that finds 5 of them", of, took("a cell that finds 5 of them")),
      row("a cell of 100 lines of JavaScript", of, took("a cell of 100 lines of JavaScript")),
      row("the same in TypeScript", of, took("the same in TypeScript")),
    ],
  );
}

/** @type {Table} */
function gateway(of) {
  const [first] = of;
  const rows = (first?.rows("gateway") ?? []).map(({ what, bytes }) => [
    what,
    ...of.flatMap((measured) => {
      const { p50, ratio } = measured.row("gateway", { what });
      return [time(p50), times(ratio)];
    }),
    `${grouped(bytes)} bytes`,
  ]);
  const head = nodes.flatMap((node) => [node, ""]);
  return table(["20 tool calls as", ...head, "text the model reads"], rows);
}

/** By the names of their markers. @type {Readonly<Record<string, Table>>} */
export const tables = {
  peers,
  startup,
  hosts,
  path,
  "first-call": firstCall,
  "tool-call": toolCall,
  throughput,
  rest,
  model,
  gateway,
  goals,
};
