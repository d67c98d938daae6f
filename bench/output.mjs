// How fast does output leave a cell? Prints what each item adds to the time of an exec, small ones by
// the hundred and by the ten thousand and large ones, in items and in bytes a second.
//
//   node bench/output.mjs [--samples 40] [--json]

import { parseArgs } from "node:util";
import { createCodeMode } from "../dist/index.js";
import { expectCompleted } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { refilledAwake, timeTasks } from "./lib/samples.mjs";
import { formatBytes, formatCount, formatMicroseconds, formatMs } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "40" },
    json: { type: "boolean", default: false },
  },
});
const samples = readCount(options, "samples");
const report = openReport({
  name: "output",
  question: "how fast does output leave a cell?",
  settings: { samples },
  json: options.json,
});

const scenarios = [
  { name: "100 small", items: 100, expression: "'item ' + i" },
  { name: "10 000 small", items: 10_000, expression: "'item ' + i" },
  {
    name: "10 000 objects",
    items: 10_000,
    expression: "{ id: i, name: 'item', tags: ['a', 'b'] }",
  },
  { name: "10 000 of 1 KiB", items: 10_000, expression: "kibibyte" },
  { name: "40 of 1 MiB", items: 40, expression: "mebibyte" },
  { name: "20 of 1 MiB, not Latin-1", items: 20, expression: "wide" },
];

const codeMode = createCodeMode();
const session = codeMode.openSession();
const lengths = new Map();
const times = await timeTasks(
  Object.fromEntries([
    ["none", () => timeItems({ name: "none", items: 0, expression: "''" })],
    ...scenarios.map((scenario) => [scenario.name, () => timeItems(scenario)]),
  ]),
  samples,
);
await codeMode.close();

const noneMs = summary(times.get("none") ?? []).p50;
report.close(
  scenarios.map(({ name, items }) => {
    const { p50, p95 } = summary(times.get(name) ?? []);
    const addedMs = p50 - noneMs;
    return {
      output: name,
      items,
      execP50Ms: p50,
      execP95Ms: p95,
      perItemMs: addedMs / items,
      itemsPerSecond: (items / addedMs) * 1000,
      bytesPerSecond: (lengths.get(name) / addedMs) * 1000,
    };
  }),
  [
    { name: "output", text: (row) => row.output },
    { name: "exec p50", text: (row) => formatMs(row.execP50Ms) },
    { name: "exec p95", text: (row) => formatMs(row.execP95Ms) },
    { name: "per item", text: (row) => formatMicroseconds(row.perItemMs) },
    { name: "items/s", text: (row) => formatCount(row.itemsPerSecond) },
    { name: "bytes/s", text: (row) => formatBytes(row.bytesPerSecond) },
  ],
  [
    `per item, items/s and bytes/s: of what the items add to an exec without any (p50 ${formatMs(noneMs)})`,
    "the exec finds an isolate that is ready; bytes are those of the text's characters, 2 where not Latin-1",
  ],
);

async function timeItems({ name, items, expression }) {
  await refilledAwake();
  const startedAt = performance.now();
  const outcome = await session.exec(`
    const kibibyte = "x".repeat(2 ** 10), mebibyte = "x".repeat(2 ** 20), wide = "€".repeat(2 ** 19);
    for (let i = 0; i < ${items}; i++) text(${expression});
  `);
  const ms = performance.now() - startedAt;
  const { output } = expectCompleted(outcome);
  if (output.length !== items) throw new Error(`Expected ${items} items; got ${output.length}.`);
  if (!lengths.has(name)) lengths.set(name, bytesOf(output));
  return ms;
}

function bytesOf(output) {
  const sizes = output.map(({ text }) => text.length * (text.startsWith("€") ? 2 : 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}
