// What is measured for docs/performance.md, in this order: each with one Node after the other.

/** The Nodes whose numbers the page has. */
export const majors = ["20", "24"];

/** Their names in the tables. */
export const nodes = majors.map((major) => `Node ${major}`);

/**
 * @typedef {object} Run
 * @property {string} name
 * @property {string} program - In bench/.
 * @property {readonly string[]} args - Take some minutes together for both Nodes on a quiet machine.
 * @property {readonly string[]} quick - Besides, to try whether it works.
 * @property {readonly string[]} [only] - The Nodes to measure with, if not all.
 */

/** @type {readonly Run[]} */
export const runs = [
  {
    name: "peers",
    program: "peers.mjs",
    args: args(
      "--peers codecell,isolated-vm --works cell,call,calls,in-flight,sustained --samples 25",
    ),
    quick: args("--samples 1"),
  },
  {
    name: "peers-cold",
    program: "peers.mjs",
    args: ["--peers", "codecell (prewarm 0),isolated-vm", ...args("--works cell --samples 10")],
    quick: args("--samples 1"),
  },
  {
    name: "peers-all",
    program: "peers.mjs",
    args: args("--samples 5"),
    quick: args("--samples 1 --works cell,call"),
    only: ["20"],
  },
  run("startup", "--samples 20", "--samples 1"),
  run("exec-overhead", "--samples 8 --tool-counts 0,32,128", "--samples 1 --warm-iterations 3"),
  run("exec-path", "--samples 300", "--samples 5"),
  run("first-call", "--samples 200", "--samples 5"),
  run("tool-call", "--samples 20", "--samples 1"),
  run("throughput", "--samples 5 --window-ms 400", "--samples 1 --window-ms 100"),
  run("terminate", "--samples 100", "--samples 3"),
  run("yield-wait", "--samples 300", "--samples 3"),
  run("timer", "--samples 20", "--samples 1"),
  run("output", "--samples 20", "--samples 2"),
  run("memory", "--samples 3", "--samples 1 --isolates 4 --execs 300"),
  run("cpu", "--samples 6", "--samples 1"),
  run("fairness", "--samples 3", "--samples 1 --execs 4"),
  run("model", "--samples 20", "--samples 1"),
  run("gateway", "--samples 20", "--samples 1"),
];

/**
 * @param {string} name
 * @param {string} full
 * @param {string} quick
 * @returns {Run}
 */
function run(name, full, quick) {
  return { name, program: `${name}.mjs`, args: args(full), quick: args(quick) };
}

/** @param {string} line */
function args(line) {
  return line.split(" ");
}
