// Everything that must hold before a change goes in, step by step, to a summary. A failed step does
// not stop those after it; what it said is repeated at the end. Exit code 1 if a step failed.
//
//   node scripts/check-all.mjs [--sample] [--only NAME]... [--list] [--failed NAME]... [--one-at-a-time]
//     --sample: of each kind of check as much as CI has time for (scripts/lib/check-steps.mjs)
//     --failed: a step before these that has failed already, to be counted
//     --one-at-a-time: also steps that may share the machine, of which two run at once otherwise
//
// The last line is the count: "N passed, N failed". It adds up what vitest counted in every step; a
// step that fails without a failed test counts as one.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { steps } from "./lib/check-steps.mjs";
import { main, ScriptFailure } from "./lib/command.mjs";
import { StepRun } from "./lib/step-run.mjs";

/** CI ends a run after 90 minutes, and a run that is cut off tells nothing. */
const sampleMinutes = 80;

const { values: options } = parseArgs({
  options: {
    sample: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    list: { type: "boolean", default: false },
    failed: { type: "string", multiple: true, default: [] },
    "one-at-a-time": { type: "boolean", default: false },
  },
});
const startedAt = performance.now();
const endsAt = options.sample ? startedAt + sampleMinutes * 60_000 : Number.POSITIVE_INFINITY;

/** @typedef {import("./lib/check-steps.mjs").ChosenStep} ChosenStep */

// What the steps have started ends with this process.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

await main(async () => {
  const chosen = chooseSteps();
  if (options.list) {
    for (const { name, command } of chosen)
      console.log(`${name.padEnd(24)} ${commandLine(command)}`);
    return;
  }
  summarize(await runAll(chosen));
});

/**
 * Runs the steps in their order, those that share the machine two at a time.
 * @param {readonly ChosenStep[]} chosen
 */
async function runAll(chosen) {
  const together = options["one-at-a-time"] ? 1 : Math.min(2, availableParallelism());
  /** @type {Set<Promise<StepRun>>} */
  const going = new Set();
  /** @type {Promise<StepRun>[]} */
  const runs = [];
  for (const step of chosen) {
    const most = step.sharesMachine ? together : 1;
    while (going.size >= most) await Promise.race(going);
    if (!step.sharesMachine) await Promise.all(going);
    const run = runStep(step, most > 1 ? "at the end" : "as it comes");
    runs.push(run);
    going.add(run);
    void run.then(() => going.delete(run));
    if (!step.sharesMachine) await run;
  }
  return Promise.all(runs);
}

/**
 * @param {ChosenStep} step
 * @param {"as it comes" | "at the end"} shown
 */
function runStep({ name, command, minutes }, shown) {
  const patienceMs = Math.min(minutes * 60_000, endsAt - performance.now());
  if (shown === "at the end") console.log(`\n=== ${name} runs beside another step`);
  return StepRun.of({ name, args: npmArguments(command), patienceMs }, shown);
}

/** The steps of this run, each with what it is given. */
function chooseSteps() {
  const { only = steps.map(({ name }) => name) } = options;
  const unknown = only.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    const known = steps.map(({ name }) => JSON.stringify(name)).join(", ");
    throw new ScriptFailure(`there is no step ${JSON.stringify(unknown[0])}; there are ${known}`);
  }
  return steps.flatMap(({ name, full, sample, minutes, sharesMachine }) => {
    const command = options.sample ? sample : full;
    return only.includes(name) ? [{ name, command, minutes, sharesMachine }] : [];
  });
}

/** @param {readonly string[]} command - The npm script, and what it is given. */
function npmArguments([script = "", ...given]) {
  const run = script === "test" ? ["test"] : ["run", script];
  return given.length === 0 ? run : [...run, "--", ...given];
}

/** @param {readonly string[]} command */
function commandLine(command) {
  return ["npm", ...npmArguments(command)].join(" ");
}

/** @param {readonly StepRun[]} runs */
function summarize(runs) {
  const failed = runs.filter((run) => !run.succeeded);
  for (const run of failed) {
    console.log(`\n=== ${run.name} failed:\n${run.failureText()}`);
  }
  const row = (name, result, seconds) =>
    console.log(`${name.padEnd(24)} ${result.padEnd(24)} ${String(seconds).padStart(8)}`);
  console.log();
  row("step", "result", "seconds");
  for (const name of options.failed) row(name, "FAILED", "");
  for (const { name, result, seconds } of runs) row(name, result, seconds);
  row("total", "", Math.round((performance.now() - startedAt) / 1000));

  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  const passedTests = sum(runs.map(({ tests }) => tests.passed));
  const failures =
    options.failed.length +
    sum(runs.map(({ tests, succeeded }) => Math.max(tests.failed, succeeded ? 0 : 1)));
  if (failures > 0) process.exitCode = 1;
  console.log(`\n${passedTests} passed, ${failures} failed`);
}
