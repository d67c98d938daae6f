// Measures all that docs/performance.md says in numbers, and writes its tables and its two pictures.
//
//   npm run bench:page -- [--only NAME,...] [--quick] [--out FOLDER] [--write | --check]
//     --only NAME,...: measures these again, and keeps the rest; a NAME of bench/page/runs.mjs
//     --quick: with the smallest samples, to see whether it works; needs --out
//     --out FOLDER: leaves the repository's files alone, and writes into this folder
//     --write: measures nothing, and writes the tables from bench/page/measured.json
//     --check: measures nothing, and fails where the tables of the page are others than measured.json gives
//
// It takes a quarter of an hour, on a machine that has nothing else to do: it says what takes how long. The other
// packages are installed first, and Codex's own host on x64 Linux.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { capture, main, root, run, ScriptFailure } from "../scripts/lib/command.mjs";
import { installPackages } from "../scripts/lib/own-packages.mjs";
import { nodesOf } from "./lib/nodes.mjs";
import { describe, Measured, shortened } from "./page/measured.mjs";
import { majors, runs } from "./page/runs.mjs";
import { tables } from "./page/tables.mjs";

/** @typedef {import("./page/measured.mjs").Results} Results */
/** @typedef {import("./page/runs.mjs").Run} Run */

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    out: { type: "string" },
    write: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});

const source = {
  page: path.join(root, "docs", "performance.md"),
  measured: path.join(root, "bench", "page", "measured.json"),
};
const folder = options.out;
const target =
  folder === undefined
    ? { ...source, pictures: path.join(root, "docs") }
    : {
        page: path.join(folder, "performance.md"),
        measured: path.join(folder, "measured.json"),
        pictures: folder,
      };

await main(() => {
  if (options.check) {
    if (!existsSync(source.measured)) return;
    const page = readFileSync(source.page, "utf8");
    if (page === withTables(page, readMeasured(source.measured))) return;
    throw new ScriptFailure(
      "docs/performance.md has other tables than bench/page/measured.json gives: run `node bench/page.mjs --write`",
    );
  }
  if (options.quick && folder === undefined) {
    throw new ScriptFailure(
      "--quick measures nothing that the page may have: it expects --out FOLDER.",
    );
  }
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const failed = options.write ? [] : measure(chosenRuns());
  const page = readFileSync(source.page, "utf8");
  writeFileSync(target.page, withTables(page, readMeasured(target.measured)));
  console.log(`written: ${target.page}`);
  if (failed.length === 0) return;
  throw new ScriptFailure(
    `Not measured: ${failed.join(", ")}. What was measured before is kept; --only measures them again.`,
  );
});

function chosenRuns() {
  const names = options.only?.split(",");
  const known = runs.map(({ name }) => name);
  const unknown = names?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length === 0) return runs.filter(({ name }) => names?.includes(name) ?? true);
  throw new ScriptFailure(
    `Nothing is measured as ${unknown.join(", ")}; there are ${known.join(", ")}.`,
  );
}

/**
 * Writes the results after each run, so that a stop loses none.
 * @param {readonly Run[]} chosen
 * @returns {string[]} What failed.
 */
function measure(chosen) {
  const nodes = nodesOf(majors.join(","));
  installOthers(chosen, nodes);
  const commit = capture("git", ["describe", "--always", "--dirty", "--exclude", "*"]);
  const at = new Date().toISOString().slice(0, 10);
  const failed = [];
  for (const one of chosen) {
    for (const { major, binary } of nodes) {
      if (!(one.only?.includes(major) ?? true)) continue;
      const startedAt = performance.now();
      const result = measureOne(one, { major, binary });
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
      console.log(
        `${one.name}, Node ${major}: ${result === undefined ? "failed" : `${seconds} s`}`,
      );
      if (result === undefined) failed.push(`${one.name} (Node ${major})`);
      else keep(one.name, major, { machine: result.machine, at, commit, rows: result.rows });
    }
  }
  return failed;
}

/**
 * @param {string} name
 * @param {string} major
 * @param {import("./page/measured.mjs").Result} result
 */
function keep(name, major, result) {
  const results = existsSync(target.measured) ? readMeasured(target.measured) : {};
  results[name] = { ...results[name], [major]: shortened(result) };
  writeFileSync(target.measured, `${JSON.stringify(results, null, 2)}\n`);
}

/**
 * @param {Run} one
 * @param {{ major: string, binary: string }} node
 * @returns {{ machine: string, rows: any[] } | undefined} What it printed; undefined where it failed.
 */
function measureOne({ name, program, args, quick }, { major, binary }) {
  const flags = program === "peers.mjs" ? ["--no-node-snapshot"] : [];
  const drawn = path.join(target.pictures, "exec.svg");
  const draws = name === "exec-path" && major === majors[0] ? ["--draw", drawn] : [];
  const { status, stdout } = spawnSync(
    binary,
    [
      ...flags,
      path.join(import.meta.dirname, program),
      ...args,
      ...(options.quick ? quick : []),
      ...draws,
      "--json",
    ],
    { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8", maxBuffer: 64 * 2 ** 20 },
  );
  if (status !== 0) return undefined;
  if (name === "peers-all") drawPeers(stdout);
  return JSON.parse(stdout);
}

/** @param {string} printed */
function drawPeers(printed) {
  const file = path.join(root, "node_modules", ".cache", "codecell", "peers.json");
  writeFileSync(file, printed);
  const out = path.join(target.pictures, "peers.svg");
  run(process.execPath, [path.join(import.meta.dirname, "chart.mjs"), file, "--out", out]);
}

/**
 * @param {readonly Run[]} chosen
 * @param {readonly { binary: string }[]} nodes
 */
function installOthers(chosen, nodes) {
  if (chosen.some(({ program }) => program === "peers.mjs")) {
    for (const { binary } of nodes) {
      run(binary, [path.join(import.meta.dirname, "peers", "install.mjs")]);
    }
  }
  const hasHost = process.platform === "linux" && process.arch === "x64";
  if (hasHost && chosen.some(({ name }) => name === "exec-overhead")) {
    installPackages(path.join(root, "test", "codex"));
  }
}

/**
 * @param {string} file
 * @returns {Results}
 */
function readMeasured(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

/**
 * @param {string} page
 * @param {Results} results
 */
function withTables(page, results) {
  const of = majors.map((major) => new Measured(results, major));
  /** @type {Record<string, (of: readonly Measured[]) => string>} */
  const parts = { measured: () => describe(results), ...tables };
  return Object.entries(parts).reduce((text, [name, make]) => {
    const marked = new RegExp(`(?<=<!-- ${name} -->\n).*?(?=<!-- end -->)`, "s");
    if (!marked.test(text)) throw new ScriptFailure(`${source.page} has no <!-- ${name} -->.`);
    return text.replace(marked, () => `\n${make(of)}\n\n`);
  }, page);
}
