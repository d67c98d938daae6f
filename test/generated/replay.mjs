// Records programs of the grammar and replays each: it must do the same, without its tools. Then it swaps
// two of the answers: the replay must come to the same, or say where it differs.
//
//   node test/generated/replay.mjs [--seed N] [--count 300] [--seconds 60] [--show]
import { parseArgs } from "node:util";
import fc from "fast-check";
import { createCodeMode } from "../../dist/index.js";
import { ofSeed, rounds, seedOf } from "./rounds.mjs";
import { hostileTools } from "./tools.mjs";

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    count: { type: "string", default: "300" },
    seconds: { type: "string", default: "60" },
    show: { type: "boolean", default: false },
  },
});

let calls = 0;
const codeMode = createCodeMode({
  tools: hostileTools({
    begin: () => {
      calls += 1;
    },
    end: () => {},
    stop: () => {},
  }),
  console: true,
  // What depends on the load of the machine, or on how much memory is collected, is not the subject.
  limits: { cpuMs: 500, wallMs: 3000, heapBytes: 64 * 2 ** 20, toolCalls: 300 },
});
const toolless = createCodeMode();
const allRounds = rounds("hostile");
const startedAt = performance.now();
const tally = new Map();
const failures = [];
let programs = 0;

for (let index = 0; programs < Number(options.count) && !isOver(); index += 1) {
  const seed = seedOf(Number(options.seed), index);
  const [round] = fc.sample(allRounds, ofSeed(seed));
  for (const { source } of round?.programs ?? []) {
    programs += 1;
    await check(source, round?.deadlock, seed);
  }
}
await Promise.all([codeMode.close(), toolless.close()]);

const verdicts = [...tally].map(([verdict, count]) => `${verdict} ${count}`);
console.log(`${programs} programs: ${verdicts.join(", ")}; seed ${options.seed}`);
for (const failure of failures) console.log(failure);
process.exitCode = failures.length === 0 ? 0 : 1;

function isOver() {
  return performance.now() - startedAt > Number(options.seconds) * 1000;
}

async function check(source, deadlock, seed) {
  const session = codeMode.openSession({ record: true, deadlock });
  const { cellId } = await session.exec(source, { yieldAfterMs: 60_000 });
  while ((await session.wait(cellId)).status === "yielded");
  const journal = session.journal(cellId);
  await session.close();
  const callsBefore = calls;
  const report = await toolless.replay(journal);
  const isRepeatable = !dependsOnTheEngine(journal) && !isByTime(report.divergence);
  const verdict = report.status === "same" || !isRepeatable ? report.status : "failed";
  tally.set(verdict, (tally.get(verdict) ?? 0) + 1);
  if (verdict === "failed") fail(seed, source, report.divergence);
  await toolless.replay(swapped(journal));
  if (calls !== callsBefore) fail(seed, source, "a tool was called by a replay");
}

function fail(seed, source, why) {
  const shown = options.show ? `\n${source}` : "";
  failures.push(`Seed ${seed}: ${JSON.stringify(why)}${shown}`);
}

/** How deep a recursion goes, and whether there is memory for a buffer, may differ from run to run. */
function dependsOnTheEngine(journal) {
  return /Maximum call stack|Array buffer allocation|Invalid (?:array|string) length/.test(
    JSON.stringify(journal.filter(({ kind }) => kind !== "opened")),
  );
}

/** Whether one of the two was ended by a limit of time, and the other, on a machine with other work, was not. */
function isByTime(divergence) {
  return /ERR_CELL_(?:CPU|WALL)_LIMIT|"(?:cpu|wall)Ms"/.test(JSON.stringify(divergence) ?? "");
}

/** The journal with the contents of its first two answers exchanged. */
function swapped(journal) {
  const places = journal.flatMap(({ kind }, index) => (kind === "settled" ? [index] : []));
  const [first, second] = places;
  if (second === undefined) return journal;
  const { seq: firstSeq, at: firstAt } = journal[first];
  const { seq: secondSeq, at: secondAt } = journal[second];
  return journal.map((entry, index) => {
    if (index === first) return { ...journal[second], seq: firstSeq, at: firstAt };
    if (index === second) return { ...journal[first], seq: secondSeq, at: secondAt };
    return entry;
  });
}
