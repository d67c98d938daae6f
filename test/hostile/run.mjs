// Runs the hostile corpus and prints how each attack ended. Exit code 1 if one did not end as it should.
//
//   node test/hostile/run.mjs [--group GROUP] [--only NAME] [--every N] [--first N] [--node PATH]
//     [--jobs N] [--json FILE] [--memory MIB] [--isolation thread|process] [--host auto|process|zygote]
//     [--patience FACTOR]
//     --memory: runs each host in a memory cgroup, as in a container; needs root. Node gives its heap half
//       of it. (A flag for that heap would be one for the cells' heaps too.)
//     --patience: attacks have so many times their time, on a machine that is busy with other work.
//     --every: each Nth attack only, counted from --first (default 0)
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { attacksByGroup } from "./attacks/index.mjs";
import { runAttack } from "./runner.mjs";

const { values: options } = parseArgs({
  options: {
    group: { type: "string", multiple: true },
    only: { type: "string", multiple: true },
    every: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    node: { type: "string", default: process.execPath },
    jobs: { type: "string", default: "1" },
    json: { type: "string" },
    memory: { type: "string" },
    isolation: { type: "string", default: "thread" },
    host: { type: "string", default: "auto" },
    patience: { type: "string", default: "1" },
  },
});

process.env["CODECELL_TEST_PATIENCE"] = options.patience;
const version = execFileSync(options.node, ["-p", "process.versions.node"], { encoding: "utf8" });
const major = version.split(".")[0] ?? "";
const chosen = chooseAttacks();
const startedAt = performance.now();
const where = options.isolation === "process" ? `, in processes (${options.host})` : "";
console.log(`${chosen.length} attacks on Node ${version.trim()}${where}`);

/** @type {import("./runner.mjs").Result[]} */
const results = [];
await Promise.all(Array.from({ length: Number(options.jobs) }, runSome));
printSummary();
if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(results, null, 2));
process.exitCode = results.some(({ wrong }) => wrong.length > 0) ? 1 : 0;

function chooseAttacks() {
  const { group: groups = Object.keys(attacksByGroup), only } = options;
  const unknown = groups.find((group) => !(group in attacksByGroup));
  if (unknown !== undefined) {
    const known = Object.keys(attacksByGroup).join(", ");
    throw new Error(`There is no group ${unknown}. The groups are ${known}.`);
  }
  const all = groups.flatMap((group) =>
    (attacksByGroup[group] ?? []).map((attack) => ({ group, attack })),
  );
  const found = only === undefined ? all : all.filter(({ attack }) => only.includes(attack.name));
  if (found.length === 0) throw new Error(`There is no attack named ${only?.join(" or ")}.`);
  return found.filter((_, i) => i % Number(options.every) === Number(options.first));
}

async function runSome() {
  for (let next = chosen.shift(); next !== undefined; next = chosen.shift()) {
    const result = await runAttack(next.group, next.attack, {
      node: options.node,
      major,
      memoryMiB: options.memory === undefined ? undefined : Number(options.memory),
      isolation: options.isolation === "process" ? "process" : "thread",
      processHost: options.host,
    });
    results.push(result);
    print(result);
  }
}

/** @param {import("./runner.mjs").Result} result */
function print({ group, name, wrong, outcome, ...seen }) {
  const cells = [
    wrong.length === 0 ? "ok    " : "FAILED",
    group.padEnd(11),
    name.padEnd(40),
    `${ms(seen.endMs)} end`,
    `${ms(seen.neighbourMs)} neighbour`,
    `${ms(seen.beatMs)} loop`,
    `${mib(seen.growthMiB)} stay`,
    `${mib(seen.peakMiB)} peak`,
    outcome,
  ];
  console.log(cells.join("  "));
  for (const what of wrong) console.log(`        ${what}`);
}

function printSummary() {
  const failed = results.filter(({ wrong }) => wrong.length > 0);
  /** @param {"endMs" | "neighbourMs" | "beatMs" | "growthMiB" | "peakMiB"} key */
  const worst = (key) => results.reduce((a, b) => ((b[key] ?? 0) > (a[key] ?? 0) ? b : a));
  console.log(
    `\n${results.length} attacks in ${Math.round((performance.now() - startedAt) / 1000)} s`,
  );
  for (const [what, key] of /** @type {const} */ ([
    ["latest end, ms", "endMs"],
    ["slowest answer of a neighbour, ms", "neighbourMs"],
    ["longest stop of the host's loop, ms", "beatMs"],
    ["most memory that stayed, MiB", "growthMiB"],
    ["most memory at any time, MiB", "peakMiB"],
  ])) {
    const { name, [key]: value } = worst(key);
    console.log(`${what.padEnd(38)} ${String(Math.round(value ?? 0)).padStart(7)}  ${name}`);
  }
  console.log(
    failed.length === 0
      ? "Every attack ended as it should."
      : `${failed.length} did not end as they should: ${failed.map(({ name }) => name).join(", ")}`,
  );
}

/** @param {number | undefined} value */
function ms(value) {
  return value === undefined ? "       -" : `${String(Math.round(value)).padStart(5)} ms`;
}

/** @param {number | undefined} value */
function mib(value) {
  return value === undefined ? "       -" : `${String(Math.round(value)).padStart(4)} MiB`;
}
