// What must hold before a change goes in: one list, for `npm run check:all` and for .ci/run.
import { faultNames } from "../cluster/faults.mjs";
import { supportedMajors } from "./node-cache.mjs";
import { shuffledByTurn, turn } from "./turn.mjs";

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly string[]} full - The npm script, and after it what it is given.
 * @property {readonly string[]} sample - The same for CI.
 * @property {number} minutes - A step that takes longer is stopped, and has failed.
 * @property {boolean} sharesMachine - Another such step may run at the same time. Not so where all processors are
 *   busy anyway, or where time or memory is measured.
 */

/**
 * What is run of a step.
 * @typedef {Omit<Step, "full" | "sample"> & { readonly command: readonly string[] }} ChosenStep
 */

/** Tests of what runs in the addon; the others differ little from Node to Node. */
const nativeRooms = ["test/backend", "test/cell", "test/globals"];

const [running = ""] = process.versions.node.split(".");
const otherMajors = supportedMajors.filter((major) => major !== running);
/** The oldest release of each major that package.json's "engines" promises. */
const oldestNodes = ["20.11.0", "22.12.0", "24.0.0", "26.0.0"];

/** @type {readonly Step[]} */
export const steps = [
  // The command of the README, first: it builds what the others use.
  step("build and test", 30, ["test"]),
  step("lint and types", 5, ["lint"]),
  step("lint, native", 30, ["lint:native"], ["lint:native", "--sample", "8"]),
  step("native tests", 20, ["test:native"]),
  step("package", 30, ["check:package"]),
  ...sharing([
    // It installs packages, which is waiting mostly.
    step("frameworks", 15, ["check:frameworks"], ["check:frameworks", "--small"]),
    // CI has no time to build the addon for each fault. Most of base/ need none: the native tests notice them.
    step(
      "native faults",
      120,
      ["check:mutants", "native"],
      ["check:mutants", "native", "base/", ...every(3)],
    ),
    step(
      "cluster",
      60,
      ["check:cluster"],
      ["check:cluster", ...clusterSample(), turn % 2 === 0 ? "restore" : "versions"],
    ),
    // After "package", which makes the addons. What CI does not do needs libraries of an older Debian, or takes
    // minutes under an emulator.
    step("platforms", 120, ["check:platforms"], ["check:platforms", "symbols"]),
    // After "package", which makes the addons that are packed.
    step(
      "clean install",
      40,
      ["check:clean-install", "--on", "old-libraries,arm64,musl"],
      ["check:clean-install"],
    ),
    step("install", 40, ["check:install"], ["check:install", "--sample"]),
    step(
      "mutants",
      60,
      ["check:mutants", "--sample", "1000", "--minutes", "45"],
      ["check:mutants", "--sample", "60", "--minutes", "2"],
    ),
    // Not among the tests of the README, which need nothing but Node, a compiler and cmake.
    step("PostgreSQL", 10, ["check:postgres"]),
    step("page", 10, ["check:page"]),
    step("Codex", 20, ["check:codex"], ["check:codex", "--sample"]),
    step("MCP inspector", 5, ["check:inspector"]),
    step("Node 20, 22, 24, 26", 20, ["check:nodes"]),
    step("oldest Nodes", 10, ["check:nodes", ...oldestNodes]),
    step("programs", 5, ["check:programs"]),
    step("kills", 30, ...counted("check:kills", "--count", 10_000, 60)),
    step("kills, durable", 60, ["check:durable-kills"], ["check:durable-kills", ...every(30)]),
    step(
      "kills, durable, Node 24",
      60,
      ["check:durable-kills", "24"],
      ["check:durable-kills", "24", ...every(150)],
    ),
    step(
      "kills, PostgreSQL",
      40,
      ["check:durable-kills", "--store", "postgres"],
      ["check:durable-kills", "--store", "postgres", ...every(50)],
    ),
  ]),
  step(
    "tests, other Nodes",
    60,
    ["check:suite", ...otherMajors],
    ["check:suite", ...otherMajors, "--spread", "--", ...nativeRooms],
  ),
  step(
    "stalls",
    30,
    ["check:stalls", "--count", "50"],
    ["check:stalls", "--count", "6", "--seed", String(turn % 100_000), ...every(6)],
  ),
  step("hostile corpus", 20, ["test:hostile"], ["test:hostile", ...every(3)]),
  step(
    "hostile, processes",
    60,
    ["test:hostile", "--isolation", "process"],
    ["test:hostile", "--isolation", "process", ...every(25)],
  ),
  step(
    "hostile, Node processes",
    60,
    ["test:hostile", "--isolation", "process", "--host", "process"],
    ["test:hostile", "--isolation", "process", "--host", "process", ...every(60)],
  ),
  step(
    "hostile, other Nodes",
    60,
    ["check:hostile", ...otherMajors],
    ["check:hostile", ...otherMajors, "--", ...every(15)],
  ),
  step("generated programs", 20, ...counted("test:generated", "--count", 5000, 300)),
  step(
    "generated stops",
    20,
    ["test:generated", "--mode", "stop", "--count", "5000"],
    ["test:generated", "--mode", "stop", "--count", "300"],
  ),
  step(
    "sanitizers",
    40,
    ["test:asan"],
    ["test:asan", ...nativeRooms, "--shard", `${(turn % 2) + 1}/2`],
  ),
  step("fuzz", 20, ...counted("fuzz", "--seconds", 60, 4)),
  step("leaks", 5, ...counted("check:leaks", "--cells", 10_000, 2000)),
  step(
    "soak",
    20,
    ["soak", "--minutes", "10"],
    ["soak", "--minutes", "1.2", "--warm-up-seconds", "170", "--lap-seconds", "4"],
  ),
  // Shows that the benchmarks run; their numbers mean something on a quiet machine only. The
  // comparison with others (bench:peers) needs packages and compiles one, so it is not among them.
  step(
    "benchmarks, short",
    10,
    ["bench", "--samples", "1"],
    ["bench", "--samples", "1", ...every(2)],
  ),
];

/**
 * @param {string} name
 * @param {number} minutes
 * @param {readonly string[]} full
 * @param {readonly string[]} [sample] - Default: all of it.
 */
function step(name, minutes, full, sample = full) {
  return { name, minutes, full, sample, sharesMachine: false };
}

/** @param {readonly Step[]} those */
function sharing(those) {
  return those.map((one) => ({ ...one, sharesMachine: true }));
}

/** Few cells, and the first faults of an order that HEAD decides. */
function clusterSample() {
  const cells = ["--cells", "40", "--at-once", "6", "--seed", String(turn % 100_000)];
  const times = ["--seconds", "12", "--every", "2", "--down", "12"];
  return ["faults", ...cells, ...times, "--faults", shuffledByTurn(faultNames).join()];
}

/**
 * Each nth, from one on that HEAD decides.
 * @param {number} nth
 */
function every(nth) {
  return ["--every", String(nth), "--first", String(turn % nth)];
}

/**
 * @param {string} script
 * @param {string} option
 * @param {number} full
 * @param {number} sample
 * @returns {[string[], string[]]}
 */
function counted(script, option, full, sample) {
  return [
    [script, option, String(full)],
    [script, option, String(sample)],
  ];
}
