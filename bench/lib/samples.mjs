// Taking many measurements of several scenarios, in turn: in this process, or each in one of its own.

import { execFile } from "node:child_process";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Bench } from "tinybench";

/** Milliseconds in which one isolate is made in the background, and another one taken down. */
export const refillMs = 10;

const rounds = 5;

/** Waits until the isolate that was used has been replaced by one that is ready; the process sleeps. */
export function refilled() {
  return sleep(refillMs);
}

/** The same, with the event loop turning all the time, as where the host has other work to do. */
export async function refilledAwake() {
  const endsAt = performance.now() + refillMs;
  while (performance.now() < endsAt) await nextTurn();
}

/**
 * Measures every scenario once, and again, as many times as there are samples, so that a slow minute
 * of the machine touches each of them alike.
 * @template Scenario, Measured
 * @param {readonly Scenario[]} scenarios
 * @param {number} samples
 * @param {(scenario: Scenario) => Promise<Measured>} measure
 * @returns {Promise<Measured[][]>} What each scenario's samples have measured.
 */
export async function inTurn(scenarios, samples, measure) {
  /** @type {Measured[][]} */
  const measured = scenarios.map(() => []);
  for (let round = 0; round < samples; round++) {
    for (const [i, scenario] of scenarios.entries()) measured[i]?.push(await measure(scenario));
  }
  return measured;
}

/**
 * Runs a program anew, as a process of its own, with `--sample` and what to measure.
 * @param {string} url - The program's `import.meta.url`.
 * @param {unknown} sample - Plain data.
 * @returns {Promise<any>} What it printed, which is JSON.
 */
export async function sampleProcess(url, sample) {
  const running = promisify(execFile)(process.execPath, [
    fileURLToPath(url),
    "--sample",
    JSON.stringify(sample),
  ]);
  // A sample must not outlive this program.
  const kill = () => running.child.kill("SIGKILL");
  process.once("exit", kill);
  try {
    const { stdout } = await running;
    return JSON.parse(stdout);
  } finally {
    process.off("exit", kill);
  }
}

/**
 * Runs each task as often as there are samples, with tinybench, in rounds over all of them.
 * @param {Readonly<Record<string, () => Promise<number>>>} tasks - Each does its work once and returns
 *   the milliseconds that count: not those of its preparations.
 * @param {number} samples
 * @returns {Promise<ReadonlyMap<string, number[]>>} The milliseconds of every sample, by task.
 */
export async function timeTasks(tasks, samples) {
  /** @type {Map<string, number[]>} */
  const times = new Map(Object.keys(tasks).map((name) => [name, []]));
  const iterations = Math.ceil(samples / rounds);
  for (let left = samples; left > 0; left -= iterations) {
    const bench = new Bench({
      iterations: Math.min(left, iterations),
      time: 0,
      warmupIterations: 2,
      warmupTime: 0,
      retainSamples: true,
      throws: true,
    });
    for (const [name, run] of Object.entries(tasks)) {
      bench.add(name, async () => ({ overriddenDuration: await run() }));
    }
    await bench.run();
    for (const { name, result } of bench.tasks) {
      if ("latency" in result) times.get(name)?.push(...(result.latency.samples ?? []));
    }
  }
  return times;
}
