// How does `codecell host` compare with Codex's own host? Both are driven over the wire of frames, in turn: from the
// start of the process to the handshake and to the first outcome, one exec, one call of a tool, cells one after the
// other and 16 at a time, and the memory of the process after all of that.
//
//   node bench/codex-host.mjs [--reference FILE] [--samples 20] [--json]
//     --reference FILE: codex-code-mode-host of an installation of Codex (default: that of test/codex, which
//       `npm run check:codex` installs; without one, codecell alone is measured)
import { parseArgs } from "node:util";
import { codexHostFile, codexHosts } from "./lib/codex-hosts.mjs";
import { startFramedHost } from "./lib/framed-host.mjs";
import { readCount } from "./lib/options.mjs";
import { summary } from "./lib/quantiles.mjs";
import { openReport } from "./lib/report.mjs";
import { inTurn } from "./lib/samples.mjs";
import { formatBytes, formatCount, formatMs } from "./lib/units.mjs";

const cells = 100;

const { values: options } = parseArgs({
  options: {
    reference: { type: "string", default: codexHostFile },
    samples: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});

const hosts = codexHosts(options.reference);
const samples = readCount(options, "samples");
const report = openReport({
  name: "codex-host",
  question: "how does codecell host compare with Codex's own host?",
  settings: { samples, cells },
  json: options.json,
});
const measured = await inTurn(hosts, samples, measure);
report.close(
  hosts.map(({ name }, index) => ({ host: name, ...summarize(measured[index] ?? []) })),
  [
    { name: "host", text: (row) => row.host },
    { name: "handshake p50", text: (row) => formatMs(row.handshakeMs.p50) },
    { name: "first outcome p50", text: (row) => formatMs(row.firstMs.p50) },
    { name: "exec p50", text: (row) => formatMs(row.execMs.p50) },
    { name: "tool call p50", text: (row) => formatMs(row.callMs.p50) },
    { name: "cells/s", text: (row) => formatCount(row.cellsPerSecond.p50) },
    { name: "cells/s, 16 at once", text: (row) => formatCount(row.parallelPerSecond.p50) },
    { name: "memory p50", text: (row) => formatBytes(row.rssBytes.p50) },
  ],
  [
    "handshake: from the start of the process; first outcome: from there too, of a program that says one word;",
    "tool call: the share of one of 200 calls one after the other, with the client's answer; memory: resident, after all of it",
  ],
);

async function measure({ command, args }) {
  const startedAt = performance.now();
  const host = startFramedHost(command, args);
  await host.ready;
  const handshakeMs = performance.now() - startedAt;
  await host.open();
  await host.run('text("ok")');
  const firstMs = performance.now() - startedAt;
  const execMs = [];
  for (let i = 0; i < 20; i++) execMs.push(await timed(() => host.run('text("ok")')));
  const callsMs = await timed(() =>
    host.run("for (let i = 0; i < 200; i++) await tools.echo({ i })"),
  );
  const emptyMs = summary(execMs).p50;
  const oneByOneMs = await timed(async () => {
    for (let i = 0; i < cells; i++) await host.run("text(1)");
  });
  const parallelMs = await timed(() =>
    Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let i = 0; i < cells / 4; i++) await host.run("text(1)");
      }),
    ),
  );
  const rssBytes = host.residentBytes();
  await host.close();
  return {
    handshakeMs,
    firstMs,
    execMs: emptyMs,
    callMs: (callsMs - emptyMs) / 200,
    cellsPerSecond: (cells / oneByOneMs) * 1000,
    parallelPerSecond: ((cells / 4) * 16 * 1000) / parallelMs,
    rssBytes,
  };
}

async function timed(run) {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

function summarize(all) {
  const names = Object.keys(all[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, summary(all.map((one) => one[name]))]));
}
