// Runs the benchmarks one after another: all of them, or those that are named.
//
//   npm run bench -- [NAME...] [--node 24] [--samples N] [--json] [--list] [--every N] [--first N]
//     --every: each Nth only, counted from --first (default 0)
//     --node MAJOR: with that Node, for which the addon is built; 20,24 runs each benchmark with both
//
// Each is a program of its own, node bench/NAME.mjs, with more options. With --json this prints one
// object with all results, by name, or for more than one Node an object with such objects. peers is apart,
// since it needs other packages: npm run bench:peers.

import { spawnSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { nodesOf } from "./lib/nodes.mjs";

const benchmarks = [
  "startup",
  "exec-overhead",
  "exec-path",
  "first-call",
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
  "parked",
  "stats",
  "gateway",
  "serve",
  "serve-load",
  "mcp-start",
  "codex-host",
];

const { values: options, positionals } = parseArgs({
  options: {
    node: { type: "string" },
    samples: { type: "string" },
    json: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    every: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
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
  const named = positionals.length > 0 ? positionals : benchmarks;
  runAll(named.filter((_, i) => i % Number(options.every) === Number(options.first)));
}

function runAll(names) {
  const nodes = nodesOf(options.node);
  /** @type {Map<string, Record<string, unknown>>} */
  const results = new Map(nodes.map(({ major }) => [major, {}]));
  const failed = [];
  for (const name of names) {
    for (const { major, binary } of nodes) {
      const output = runOne(name, binary);
      const ofNode = results.get(major);
      if (output === undefined) failed.push(nodes.length > 1 ? `${name} (Node ${major})` : name);
      else if (options.json && ofNode !== undefined) ofNode[name] = JSON.parse(output);
      else console.log();
    }
  }
  const [first] = results.values();
  const printed = nodes.length > 1 ? Object.fromEntries(results) : first;
  if (options.json) console.log(JSON.stringify(printed, null, 2));
  if (failed.length === 0) return;
  console.error(`Failed: ${failed.join(", ")}.`);
  process.exitCode = 1;
}

/** What it printed, where that is to be gathered; undefined where it failed. */
function runOne(name, node) {
  const args = [path.join(import.meta.dirname, `${name}.mjs`)];
  if (options.samples !== undefined) args.push("--samples", options.samples);
  if (options.json) args.push("--json");
  const { status, stdout } = spawnSync(node, args, {
    stdio: ["ignore", options.json ? "pipe" : "inherit", "inherit"],
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
  });
  return status === 0 ? (stdout ?? "") : undefined;
}
