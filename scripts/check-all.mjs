// Everything that must hold before a change goes in, step by step, to a summary. A failed step does
// not stop those after it; what it said is repeated at the end. Exit code 1 if a step failed.
//
//   node scripts/check-all.mjs [--sample] [--only NAME]... [--list] [--failed NAME]...
//     --sample: of each kind of check as much as CI has time for (scripts/lib/check-steps.mjs)
//     --failed: a step before these that has failed already, to be counted
//
// The last line is the count: "N passed, N failed". It adds up what vitest counted in every step; a
// step that fails without a failed test counts as one.
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
  },
});
const startedAt = performance.now();
const endsAt = options.sample ? startedAt + sampleMinutes * 60_000 : Number.POSITIVE_INFINITY;

await main(async () => {
  const chosen = chooseSteps();
  if (options.list) {
    for (const { name, command } of chosen)
      console.log(`${name.padEnd(24)} ${commandLine(command)}`);
    return;
  }
  /** @type {StepRun[]} */
  const runs = [];
  for (const { name, command, minutes } of chosen) {
    console.log(`\n=== ${name}: ${commandLine(command)}`);
    const patienceMs = Math.min(minutes * 60_000, endsAt - performance.now());
    const run = await StepRun.of(name, npmArguments(command), patienceMs);
    console.log(`=== ${name}: ${run.result}`);
    runs.push(run);
  }
  summarize(runs);
});

/** The steps of this run, each with what it is given. */
function chooseSteps() {
  const { only = steps.map(({ name }) => name) } = options;
  const unknown = only.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    const known = steps.map(({ name }) => JSON.stringify(name)).join(", ");
    throw new ScriptFailure(`there is no step ${JSON.stringify(unknown[0])}; there are ${known}`);
  }
  return steps.flatMap(({ name, full, sample, minutes }) => {
    const command = options.sample ? sample : full;
    return only.includes(name) ? [{ name, command, minutes }] : [];
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
