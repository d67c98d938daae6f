// Which tests reach which mutants, from one run of the tests that is kept and brought up to date by running
// the tests that changed, and those that reach files that changed.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { recordNameOf } from "./record-name.mjs";
import { hashOf, tree, workFolder } from "./tree.mjs";

const kept = path.join(workFolder, "coverage.json");
const records = path.join(workFolder, "records");

/** What has been recorded is kept if the command is stopped. */
const filesAtOnce = 40;

/**
 * What one file of tests reaches.
 *
 * @typedef {object} Reach
 * @property {string} hash - Of the file of tests.
 * @property {Record<string, { ms: number, passed: boolean }>} tests - By id.
 * @property {Record<string, FileReach>} sources - By path in src/.
 *
 * @typedef {object} FileReach
 * @property {string} hash - Of the source file.
 * @property {readonly number[]} outside - Mutants, by their place in the source file, that are reached outside
 *   of tests: when modules load, and by what all tests of the file share.
 * @property {Record<string, readonly number[]>} byTest - Mutants that a test reaches, by the test's id.
 */

/** @typedef {Record<string, Reach>} Coverage - By the path of the file of tests. */

/**
 * @param {readonly import("./tree.mjs").SourceFile[]} sources
 * @param {import("./test-process.mjs").TestProcess} process
 * @param {readonly string[]} [among] - Files of tests. Default: all.
 * @returns {Promise<Coverage>}
 */
export async function currentCoverage(sources, process, among = testFiles()) {
  /** @type {Coverage} */
  const coverage = existsSync(kept) ? JSON.parse(readFileSync(kept, "utf8")) : {};
  const hashes = new Map(sources.map(({ path, hash }) => [path, hash]));
  const stale = among.filter((file) => {
    const reach = coverage[file];
    return reach === undefined || reach.hash !== hashOfTests(file) || reachesChange(reach, hashes);
  });
  if (stale.length > 0) {
    console.log(`running ${stale.length} files of tests to see which mutants they reach`);
    for (let first = 0; first < stale.length; first += filesAtOnce) {
      const files = stale.slice(first, first + filesAtOnce);
      Object.assign(coverage, await record(files, sources, process));
      writeFileSync(kept, JSON.stringify(coverage));
    }
  }
  return Object.fromEntries(among.map((file) => [file, /** @type {Reach} */ (coverage[file])]));
}

/** @returns {string[]} */
export function testFiles() {
  const folder = path.join(tree, "test");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => path.join("test", file))
    .sort();
}

/** @param {string} file */
export function hashOfTests(file) {
  return hashOf(readFileSync(path.join(tree, file), "utf8"));
}

/**
 * @param {Reach} reach
 * @param {ReadonlyMap<string, string>} hashes
 */
function reachesChange({ sources }, hashes) {
  return Object.entries(sources).some(([source, { hash }]) => hash !== hashes.get(source));
}

/**
 * @param {readonly string[]} files
 * @param {readonly import("./tree.mjs").SourceFile[]} sources
 * @param {import("./test-process.mjs").TestProcess} process
 */
async function record(files, sources, process) {
  rmSync(records, { recursive: true, force: true });
  mkdirSync(records, { recursive: true });
  const end = await process.run({
    environment: { CODECELL_MUTANT: "-1", CODECELL_MUTANT_RECORDS: records },
    tests: files.map((file) => ({ file })),
    testMs: 120_000,
    workers: 2,
    stopsAtFailure: false,
  });
  if (end === "hung") throw new Error("vitest ended while it recorded what tests reach.");
  process.close();
  /** @type {Coverage} */
  const coverage = {};
  for (const file of files) {
    const tests = end.tests.filter((test) => test.file === file);
    coverage[file] = reachOf(file, tests, sources);
    for (const { name, state } of tests) {
      if (state === "failed")
        console.log(`  fails without a mutant, so it is left out: ${file}: ${name}`);
    }
  }
  rmSync(records, { recursive: true });
  return coverage;
}

/**
 * @param {string} file
 * @param {readonly import("./worker.mjs").TestRunEnd["tests"][number][]} tests
 * @param {readonly import("./tree.mjs").SourceFile[]} sources
 * @returns {Reach}
 */
function reachOf(file, tests, sources) {
  const outside = readRecord(recordNameOf(path.join(tree, file)));
  /** @type {Record<string, FileReach>} */
  const reached = {};
  const fileReach = (/** @type {import("./tree.mjs").SourceFile} */ source) =>
    (reached[source.path] ??= { hash: source.hash, outside: [], byTest: {} });
  for (const [source, mutants] of bySource(outside, sources)) fileReach(source).outside = mutants;
  for (const { id } of tests) {
    for (const [source, mutants] of bySource(readRecord(id), sources)) {
      fileReach(source).byTest[id] = mutants;
    }
  }
  return {
    hash: hashOfTests(file),
    tests: Object.fromEntries(
      tests.map(({ id, ms, state }) => [id, { ms, passed: state === "passed" }]),
    ),
    sources: reached,
  };
}

/** @param {string} name */
function readRecord(name) {
  const file = path.join(records, name);
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map(Number) : [];
}

/**
 * The mutants by their file, numbered in it.
 * @param {readonly number[]} numbers
 * @param {readonly import("./tree.mjs").SourceFile[]} sources
 */
function bySource(numbers, sources) {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  /** @type {[import("./tree.mjs").SourceFile, number[]][]} */
  const found = [];
  let next = 0;
  for (const source of sources) {
    const end = source.first + source.mutants.length;
    const start = next;
    while (next < sorted.length && /** @type {number} */ (sorted[next]) < end) next += 1;
    if (next > start) found.push([source, sorted.slice(start, next).map((n) => n - source.first)]);
  }
  return found;
}
