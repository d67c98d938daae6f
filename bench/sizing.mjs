// How much memory does a process with many cells need? Prints what each cell adds to the resident set of the
// process while it waits for a tool and holds so much data, and what the process has without cells. Every
// sample is a process of its own.
//
//   node bench/sizing.mjs [--samples 3] [--cells 8] [--json]

import { parseArgs } from "node:util";
import { collectGarbage, readResidentKiB, threadsSettled } from "../scripts/lib/at-rest.mjs";
import { expectStatus } from "./lib/cells.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn, sampleProcess } from "./lib/samples.mjs";
import { formatBytes } from "./lib/units.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "3" },
    cells: { type: "string", default: "8" },
    json: { type: "boolean", default: false },
    // Set by this program for the processes it starts.
    sample: { type: "string" },
  },
});

/** Mebibytes of live data. */
const liveSizes = [0, 4, 16, 64];

if (options.sample !== undefined) await runSample(JSON.parse(options.sample));
else await runAll();

async function runSample({ live, cells }) {
  const { createCodeMode } = await import("../dist/index.js");
  const tools = { never: { execute: () => new Promise(() => {}) } };
  const codeMode = createCodeMode({ tools, prewarm: 0 });
  const session = codeMode.openSession();
  expectStatus(await session.exec("1"), "completed");
  await threadsSettled();
  const before = readRest();
  for (let i = 0; i < cells; i++) expectStatus(await session.exec(holding(live)), "yielded");
  const bytes = (readRest() - before) / cells;
  await codeMode.close();
  console.log(JSON.stringify({ bytes, processBytes: before }));
}

/** A cell that holds lists of numbers, 8 KiB each, made as a program makes them, and waits. */
function holding(mebibytes) {
  return `
    globalThis.held = [];
    for (let i = 0; i < ${mebibytes * 128}; i++) held.push(Array.from({ length: 1024 }, (_, n) => n + 0.5));
    yield_control();
    await tools.never();`;
}

function readRest() {
  collectGarbage();
  return readResidentKiB() * 1024;
}

async function runAll() {
  const samples = readCount(options, "samples");
  const cells = readCount(options, "cells");
  const report = openReport({
    name: "sizing",
    question: "how much memory does a process with many cells need?",
    settings: { samples, cells },
    json: options.json,
  });
  const measured = await inTurn(liveSizes, samples, (live) =>
    sampleProcess(import.meta.url, { live, cells }),
  );
  const processBytes = summary(measured.flat().map((sample) => sample.processBytes));
  report.close(
    liveSizes.map((live, i) => ({
      live,
      bytes: summary((measured[i] ?? []).map((sample) => sample.bytes)),
    })),
    [
      { name: "live data in the cell", text: ({ live }) => `${live} MiB` },
      { name: "one cell takes p50", text: ({ bytes }) => formatBytes(bytes.p50) },
      { name: "max", text: ({ bytes }) => formatBytes(bytes.max) },
    ],
    [
      `the process has ${formatBytes(processBytes.p50)} without cells`,
      `resident set of the process: a share of what ${cells} cells add, each waiting for a tool`,
    ],
  );
}
