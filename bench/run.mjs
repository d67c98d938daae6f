// Runs the benchmarks one after another: all of them, or those that are named.
//
//   npm run bench -- [NAME...] [--samples N] [--json] [--list]
//
// Each is a program of its own, node bench/NAME.mjs, with more options. With --json this prints one
// object with all results, by name. peers is apart, since it needs other packages: npm run bench:peers.

import { spawnSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";

const benchmarks = [
  "startup",
  "exec-overhead",
  "exec-path",
  "tool-call",
  "throughput",
  "isolation",
  "terminate",
  "yield-wait",
  "timer",
  "output",
  "memory",
  "sizing",
  "cpu",
  "fairness",
  "model",
  "tokens",
  "notes",
  "recording",
  "durable",
  "gateway",
  "mcp-start",
  "codex-host",
];

const { values: options, positionals } = parseArgs({
  options: {
    samples: { type: "string" },
    json: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

const unknown = positionals.filter((name) => !benchmarks.includes(name));
if (unknown.length > 0) {
  console.error(
    `No benchmark is called ${unknown.join(", ")}; there are ${benchmarks.join(", ")}.`,
  );
  process.exit(2);
}
if (options.list) {
  console.log(benchmarks.join("\n"));
} else {
  runAll(positionals.length > 0 ? positionals : benchmarks);
}

function runAll(names) {
  const results = {};
  const failed = [];
  for (const name of names) {
    const output = runOne(name);
    if (output === undefined) failed.push(name);
    else if (options.json) results[name] = JSON.parse(output);
    else console.log();
  }
  if (options.json) console.log(JSON.stringify(results, null, 2));
  if (failed.length === 0) return;
  console.error(`Failed: ${failed.join(", ")}.`);
  process.exitCode = 1;
}

/** What it printed, where that is to be gathered; undefined where it failed. */
function runOne(name) {
  const args = [path.join(import.meta.dirname, `${name}.mjs`)];
  if (options.samples !== undefined) args.push("--samples", options.samples);
  if (options.json) args.push("--json");
  const { status, stdout } = spawnSync(process.execPath, args, {
    stdio: ["ignore", options.json ? "pipe" : "inherit", "inherit"],
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
  });
  return status === 0 ? (stdout ?? "") : undefined;
}
