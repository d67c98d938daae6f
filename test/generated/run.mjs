// Runs generated programs and checks what must hold whatever a program does.
//
//   node test/generated/run.mjs [--mode hostile|stop] [--count 300] [--seconds S] [--seed N]
//   node test/generated/run.mjs [--mode hostile|stop] --replay ROUND_SEED [--times 1] [--no-shrink]
//
// Programs come in rounds, which run at once; a run's seed gives the seed of each round. A round that
// fails is run again alone, and made smaller while it still fails. Exit code 1 if something failed.
import { parseArgs } from "node:util";
import fc from "fast-check";
import { RoundProcess } from "./round-process.mjs";
import { ofSeed, rounds, seedOf } from "./rounds.mjs";

/** Orphans of ended rounds eat what the processor has left; a process with so many is replaced. */
const maxOrphans = 3;
const roundsPerProcess = 40;
const maxFailures = 5;

const { values: options } = parseArgs({
  options: {
    mode: { type: "string", default: "hostile" },
    count: { type: "string", default: "300" },
    seconds: { type: "string", default: "Infinity" },
    seed: { type: "string", default: String(Math.trunc(Math.random() * 2 ** 31)) },
    replay: { type: "string" },
    times: { type: "string", default: "1" },
    "shrink-seconds": { type: "string", default: "60" },
    "no-shrink": { type: "boolean", default: false },
  },
});
if (options.mode !== "hostile" && options.mode !== "stop") {
  console.error(`--mode expects "hostile" or "stop"; got ${options.mode}`);
  process.exit(2);
}
for (const name of ["count", "seconds", "seed", "times", "shrink-seconds", "replay"]) {
  if (options[name] !== undefined && Number.isNaN(Number(options[name]))) {
    console.error(`--${name} expects a number; got ${options[name]}`);
    process.exit(2);
  }
}
const allRounds = rounds(options.mode);

if (options.replay === undefined) await runMany();
else await replay(Number(options.replay));

async function runMany() {
  const runSeed = Number(options.seed);
  const startedAt = performance.now();
  const secondsPassed = () => (performance.now() - startedAt) / 1000;
  console.log(`--mode ${options.mode} --seed ${runSeed}, Node ${process.version}`);
  const tally = new Map();
  const failures = [];
  let programs = 0;
  let orphans = 0;
  let worstLag = { ms: 0, seed: 0 };
  let batch = newBatch();

  const endBatch = async () => {
    if (batch.process !== undefined && !batch.isDead) {
      const problems = await batch.process.end(batch.seeds.length % 2 === 0 ? "return" : "exit");
      orphans += batch.orphans;
      if (problems.length > 0) failures.push({ seeds: [...batch.seeds], problems });
    }
    batch = newBatch();
  };
  const isOver = () =>
    programs >= Number(options.count) ||
    secondsPassed() > Number(options.seconds) ||
    failures.length >= maxFailures;

  for (let index = 0; !isOver(); index++) {
    const seed = seedOf(runSeed, index);
    const round = roundOf(seed);
    batch.process ??= new RoundProcess();
    batch.seeds.push(seed);
    const verdict = await batch.process.run(round);
    programs += round.programs.length;
    for (const end of verdict.ends) tally.set(end, (tally.get(end) ?? 0) + 1);
    if (verdict.lagMs > worstLag.ms) worstLag = { ms: verdict.lagMs, seed };
    batch.orphans = verdict.orphans;
    batch.isDead = verdict.isDead;
    if (verdict.problems.length > 0) {
      failures.push({ seeds: [seed], problems: verdict.problems });
      report(failures.at(-1));
    }
    const isSpent = batch.orphans >= maxOrphans || batch.seeds.length >= roundsPerProcess;
    if (batch.isDead || isSpent) await endBatch();
  }
  await endBatch();

  const ends = [...tally].sort(([, a], [, b]) => b - a).map(([end, count]) => `${end} ${count}`);
  console.log(
    `${programs} programs in ${secondsPassed().toFixed(0)} s: ${ends.join(", ")}\n` +
      `${orphans} orphaned threads; the event loop stood still for at most ` +
      `${worstLag.ms.toFixed(0)} ms, in ${worstLag.seed}`,
  );
  for (const failure of failures) await explain(failure);
  console.log(failures.length === 0 ? "Everything held." : `${failures.length} failures.`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

/** @returns {{ process: RoundProcess | undefined, seeds: number[], orphans: number, isDead: boolean }} */
function newBatch() {
  return { process: undefined, seeds: [], orphans: 0, isDead: false };
}

function roundOf(seed) {
  const [round] = fc.sample(allRounds, ofSeed(seed));
  if (round === undefined) throw new Error(`There is no round of seed ${seed}.`);
  return round;
}

async function replay(seed) {
  const round = roundOf(seed);
  show(round);
  for (let i = 0; i < Number(options.times); i++) {
    const verdict = await runAlone(round, i % 2 === 0 ? "return" : "exit");
    console.log(verdict.ends.join(", "));
    if (verdict.problems.length === 0) continue;
    report({ seeds: [seed], problems: verdict.problems });
    process.exitCode = 1;
    if (!options["no-shrink"]) await shrink(seed);
    return;
  }
  console.log("Everything held.");
}

/** Runs the rounds of a failure again, each in a process of its own, and shrinks what fails again. */
async function explain({ seeds }) {
  for (const seed of seeds) {
    for (const how of ["return", "exit"]) {
      const { problems } = await runAlone(roundOf(seed), how);
      if (problems.length === 0) continue;
      console.log(`\nAgain, alone: --mode ${options.mode} --replay ${seed}`);
      if (!options["no-shrink"]) await shrink(seed);
      return;
    }
  }
  console.log(`\nNot again, alone: --mode ${options.mode} --replay ${seeds.join(", ")}`);
}

/** Shows the smallest round like this one that fails, as far as it is found in time. */
async function shrink(seed) {
  /** @type {{ round: import("./rounds.mjs").Round, problems: readonly string[] }} */
  let smallest = { round: roundOf(seed), problems: [] };
  const stillFails = async (round) => {
    const { problems } = await runAlone(round, "return");
    if (problems.length === 0) return true;
    smallest = { round, problems };
    return false;
  };
  await fc.check(fc.asyncProperty(allRounds, stillFails), {
    ...ofSeed(seed),
    interruptAfterTimeLimit: Number(options["shrink-seconds"]) * 1000,
  });
  console.log("The smallest found:");
  show(smallest.round);
  for (const problem of smallest.problems) console.log(problem);
}

async function runAlone(round, how) {
  const alone = new RoundProcess();
  const verdict = await alone.run(round);
  if (verdict.isDead) return verdict;
  return { ...verdict, problems: [...verdict.problems, ...(await alone.end(how))] };
}

function report({ seeds, problems }) {
  console.log(`\nFAILED: --mode ${options.mode} --replay ${seeds.join(", ")}`);
  for (const problem of problems) console.log(problem);
}

function show({ programs, ...rest }) {
  console.log(JSON.stringify(rest));
  for (const { source, ...settings } of programs) {
    console.log(`${JSON.stringify(settings)}\n  ${source.replaceAll("\n", "\n  ")}`);
  }
}
