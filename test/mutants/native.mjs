// Puts the faults of native-faults/ into a copy of native/, one at a time, builds it and runs the tests that should
// notice. Says which faults were noticed.
//
//   node test/mutants/native.mjs [FILE]... [--every N] [--first N] [--unknown] [--minutes N] [--write]
//     FILE: in native/, or how such paths begin
//     --every: each Nth fault only, counted from --first (default 0)
//     --unknown: those only that scores.json does not know as noticed
//     --unchecked: does not run the tests without a fault first; for tests that are known to pass
//     --minutes: tries no more faults after so long
//     --write: brings the scores in the repository up to date
//
// Exit code 1 if a fault is unnoticed that scores.json does not know as unnoticed, or cannot be put in.
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { main, root, run, ScriptFailure } from "../../scripts/lib/command.mjs";
import { nativeFaults } from "./native-faults/index.mjs";
import { percent, readScores, writeScores } from "./scores.mjs";
import { copyRepository, workFolder } from "./tree.mjs";

const tree = path.join(workFolder, "native-tree");
const built = `build/abi${process.versions.modules}-each-file/Release/codecell.node`;
const addon = path.join(tree, built);
/** What vitest says of a failed test: its name, and how it failed. */
const failure = /^ FAIL +(.*(?:\n.*){0,20})/m;
/** A fault may hang the tests, which then end themselves, or be ended. */
const patienceMs = 300_000;
const checkPatienceMs = 600_000;

/** Of which a fault may make warnings. All else is compiled as ever, so that a compiler cache has it. */
const ignored = [
  ...[
    "variable",
    "parameter",
    "function",
    "but-set-variable",
    "const-variable",
    "value",
    "result",
  ].map((what) => `unused-${what}`),
  ...["duplicated-branches", "duplicated-cond", "tautological-compare", "type-limits"],
  ...["maybe-uninitialized", "empty-body", "logical-op"],
]
  .map((warning) => `#pragma GCC diagnostic ignored "-W${warning}"\n`)
  .join("");

const { values: options, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    every: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    minutes: { type: "string", default: "Infinity" },
    unchecked: { type: "boolean", default: false },
    unknown: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});

/** @typedef {import("./native-faults/index.mjs").NativeFault} NativeFault */

await main(() => {
  const chosen = nativeFaults
    .filter(({ hiddenBy }) => hiddenBy === undefined)
    .filter(({ fault }) => !options.unknown || readScores().native[fault] !== true)
    .filter(({ file }) => files.length === 0 || files.some((start) => file.startsWith(start)))
    .filter((_, i) => i % Number(options.every) === Number(options.first));
  for (const fault of chosen) checkPlace(fault);
  makeTree();
  if (!options.unchecked) checkTests(chosen);
  const endsAt = performance.now() + Number(options.minutes) * 60_000;
  /** @type {Map<NativeFault, boolean>} */
  const noticed = new Map();
  for (const fault of chosen) {
    if (performance.now() > endsAt) break;
    const by = noticedBy(fault);
    noticed.set(fault, by !== undefined);
    if (options.write) writeScores({ native: { [fault.fault]: by !== undefined } });
    console.log(
      `${by === undefined ? "UNNOTICED" : "noticed  "}  native/${fault.file}: ${fault.fault}${by === undefined ? "" : `  (${by.split("\n", 1)})`}`,
    );
  }
  const count = [...noticed.values()].filter(Boolean).length;
  console.log(
    `${count} of ${noticed.size} native faults noticed (${percent(count, noticed.size)})`,
  );
  judge(noticed);
});

/**
 * The text must be there once, so that a fault is never put in another place than meant.
 * @param {NativeFault} fault
 */
function checkPlace({ file, from, fault }) {
  const times = readFileSync(path.join(root, "native", file), "utf8").split(from).length - 1;
  if (times === 1) return;
  throw new ScriptFailure(
    `the fault ${JSON.stringify(fault)} expects this text once in native/${file}; it is there ${times} times:\n${from}`,
  );
}

/**
 * A test that fails without a fault would notice each.
 * @param {readonly NativeFault[]} faults
 */
function checkTests(faults) {
  const files = new Set(faults.flatMap(({ tests }) => tests));
  if (files.delete("test:native") && failsNatively()) {
    throw new ScriptFailure("the native tests fail without a fault");
  }
  if (files.size === 0) return;
  buildAddon();
  const failed = failingTest([...files], checkPatienceMs);
  if (failed !== undefined) throw new ScriptFailure(`fails without a fault: ${failed}`);
}

function makeTree() {
  for (const part of ["native", "src", "test", "dist", "node_modules"]) {
    rmSync(path.join(tree, part), { recursive: true, force: true });
  }
  copyRepository(tree);
  cpSync(path.join(root, "dist"), path.join(tree, "dist"), { recursive: true });
}

/** Compiles the changed file only. */
function buildAddon() {
  run("node", ["scripts/build-native.mjs", "--each-file"], { cwd: tree, quiet: true });
}

/**
 * What noticed the fault, if anything.
 * @param {NativeFault} fault
 * @returns {string | undefined}
 */
function noticedBy({ file, from, to, tests }) {
  const target = path.join(tree, "native", file);
  const original = readFileSync(target, "utf8");
  writeFileSync(target, ignored + original.replace(from, () => to));
  try {
    if (tests.includes("test:native")) return failsNatively() ? "npm run test:native" : undefined;
    buildAddon();
    return failingTest(tests);
  } finally {
    writeFileSync(target, original);
  }
}

function failsNatively() {
  const { status, stderr } = spawnSync("node", ["scripts/test-native.mjs", "plain"], {
    cwd: tree,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    timeout: patienceMs,
  });
  if (status === 1 && !stderr.includes("the native tests failed")) {
    throw new ScriptFailure(`with the fault it does not compile:\n${stderr}`);
  }
  return status !== 0;
}

/**
 * @param {readonly string[]} tests
 * @param {number} [timeout]
 */
function failingTest(tests, timeout = patienceMs) {
  const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
  const { status, stdout, stderr, signal } = spawnSync(
    process.execPath,
    [vitest, "run", ...tests, "--bail", "1", "--maxWorkers", "1", "--reporter", "dot"],
    {
      cwd: tree,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", CODECELL_ADDON: addon },
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 2 ** 28,
      timeout,
      killSignal: "SIGKILL",
    },
  );
  if (status === 0) return undefined;
  if (signal !== null) return "the tests hang";
  const said = stdout + stderr;
  if (said.includes("No test files found")) {
    throw new ScriptFailure(`there are no such tests: ${tests.join(", ")}`);
  }
  const [, failed = "the tests end with an error"] = failure.exec(said) ?? [];
  return failed;
}

/** @param {ReadonlyMap<NativeFault, boolean>} noticed */
function judge(noticed) {
  const before = readScores().native;
  const native = Object.fromEntries([...noticed].map(([{ fault }, was]) => [fault, was]));
  const worse = Object.keys(native).filter((fault) => !native[fault] && before[fault] !== false);
  for (const fault of worse) console.log(`not known to be unnoticed: ${fault}`);
  if (worse.length > 0 && !options.write) process.exitCode = 1;
}
