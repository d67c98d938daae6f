// Does a process that runs cells for long stay as it is? Runs good and hostile cells in sessions and
// runtimes that open and close, comes to rest every few seconds, and notes there what the process
// holds on to. Attacks that leave an orphaned thread behind by design are left out.
//
//   node scripts/soak.mjs [--minutes 60] [--warm-up-seconds 60] [--lap-seconds 5] [--at-once 6]
//     [--samples build/soak.jsonl]
//
// Exit code 1 where memory grows, threads, descriptors or handles are not what they were, or a cell
// ends in another way than it must. scripts/plot-soak.mjs draws the samples.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { main, root, ScriptFailure } from "./lib/command.mjs";
import { Soak } from "./lib/soak-run.mjs";

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    // Until the allocator has all its arenas and the host's engine its young generation; not judged.
    "warm-up-seconds": { type: "string", default: "60" },
    "lap-seconds": { type: "string", default: "5" },
    "at-once": { type: "string", default: "6" },
    samples: { type: "string", default: path.join(root, "build", "soak.jsonl") },
  },
});

/** The allocator's arenas grow and shrink with what ran last. */
const allowedGrowthMiB = 16;
const progressEveryMs = 60_000;

await main(async () => {
  const durationMs = readNumber("minutes") * 60_000;
  const lapMs = readNumber("lap-seconds") * 1000;
  mkdirSync(path.dirname(options.samples), { recursive: true });
  writeFileSync(options.samples, "");
  console.log(
    `${options.minutes} minutes, ${options["at-once"]} cells at once, Node ${process.version}; ` +
      "attacks that leave orphaned threads by design are left out",
  );
  const soak = new Soak(readNumber("at-once"));
  await warmUp(soak, lapMs);
  const startedAt = performance.now();
  let toldAt = startedAt;
  while (performance.now() - startedAt < durationMs) {
    await soak.lap(lapMs);
    const sample = await soak.rest(performance.now() - startedAt);
    writeFileSync(options.samples, `${JSON.stringify(sample)}\n`, { flag: "a" });
    if (performance.now() - toldAt < progressEveryMs) continue;
    toldAt = performance.now();
    console.log(describe(sample));
  }
  await soak.close();
  summarize(soak);
});

/**
 * @param {Soak} soak
 * @param {number} lapMs
 */
async function warmUp(soak, lapMs) {
  const endsAt = performance.now() + readNumber("warm-up-seconds") * 1000;
  while (performance.now() < endsAt) {
    await soak.lap(lapMs);
    await soak.rest(0);
  }
  soak.samples.length = 0;
  console.log(`warm after ${soak.cells} cells`);
}

/** @param {Soak} soak */
function summarize({ samples, wrongEnds, cells }) {
  const quarter = Math.floor(samples.length / 4);
  if (quarter === 0) {
    throw new ScriptFailure(`${samples.length} rests are too few to judge; expected 4 or more.`);
  }
  const early = samples.slice(quarter, 2 * quarter);
  const late = samples.slice(-quarter);
  const worst = (key) => Math.max(...samples.map((sample) => sample[key]));
  const problems = [...wrongEnds].map(([what, times]) => `${what}, ${times} times.`);
  const [earlyMiB, lateMiB] = [early, late].map((part) =>
    median(part.map(({ memoryMiB }) => memoryMiB)),
  );
  console.log(
    `${cells} cells, ${samples.length} rests\n` +
      `memory at rest: ${earlyMiB.toFixed(1)} MiB in the second quarter, ${lateMiB.toFixed(1)} MiB ` +
      `in the last; at its peak ${worst("peakMemoryMiB").toFixed(0)} MiB`,
  );
  if (lateMiB - earlyMiB > allowedGrowthMiB) {
    problems.push(
      `Memory grew by ${(lateMiB - earlyMiB).toFixed(1)} MiB; at most ${allowedGrowthMiB} may be noise.`,
    );
  }
  for (const what of ["threads", "descriptors", "handles"]) {
    const seen = new Set(samples.slice(quarter).map((sample) => sample[what]));
    console.log(`${what} at rest: ${[...seen].join(", ")}`);
    if (seen.size > 1) problems.push(`At rest there were ${[...seen].join(", ")} ${what}.`);
  }
  console.log(
    `threads at most: ${worst("maxThreads")}\n` +
      `worst delay of the event loop: ${worst("delayMs").toFixed(0)} ms`,
  );
  if (worst("orphans") > 0) problems.push(`${worst("orphans")} threads were orphaned.`);
  console.log(problems.length === 0 ? "Flat." : "Not flat.");
  if (problems.length > 0) throw new ScriptFailure(problems.join("\n"));
}

function describe({ ms, cells, memoryMiB, threads, descriptors, handles, delayMs }) {
  return (
    `${(ms / 60_000).toFixed(1)} min: ${cells} cells, ${memoryMiB.toFixed(1)} MiB, ${threads} ` +
    `threads, ${descriptors} descriptors, ${handles} handles, delay ${delayMs.toFixed(0)} ms`
  );
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function readNumber(name) {
  const number = Number(options[name]);
  if (number > 0) return number;
  throw new ScriptFailure(`--${name} expects a number above 0; got ${options[name]}`);
}
