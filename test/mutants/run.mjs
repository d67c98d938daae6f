// Makes small faults in src/ (mutants), one at a time, and says which of them no test notices. README.md says
// how, and has the scores.
//
//   node test/mutants/run.mjs [FOLDER | FILE]... [--changed REF] [--sample N] [--minutes N] [--write] [--all]
//     FOLDER, FILE: in src/, or how such paths begin. Default: all of src/
//     --changed: the files that differ from a commit's
//     --sample: files that HEAD selects, for about N mutants, with the tests that noticed theirs when scores.json
//       was written
//     --some: a random sample of N mutants of each room, for an estimate of its score
//     --seed: of that sample. Default: another each time; it is printed, and kept with the score
//     --tests: files of tests, or how such paths begin, separated by commas: only these are run. Default: all
//     --minutes: judges no more mutants after so long, not counting the build and the look at what tests reach
//     --write: brings scores.json and the table in README.md up to date for files that were judged in full, and for
//       samples of rooms
//     --all: prints the noticed ones too, with the test
//   node test/mutants/run.mjs native [NAME]...: faults in native/ (native.mjs)
//
// Exit code 1 if of some file more mutants are unnoticed than scores.json has.
import { parseArgs } from "node:util";
import { main, run } from "../../scripts/lib/command.mjs";
import { Batches } from "./batches.mjs";
import { chooseSources, testsOf } from "./choose-sources.mjs";
import { currentCoverage } from "./coverage.mjs";
import { Judge } from "./judge.mjs";
import { Report } from "./report.mjs";
import { Results } from "./results.mjs";
import { writeScores } from "./scores.mjs";
import { someOfEachRoom } from "./some-of-each-room.mjs";
import { TestProcess } from "./test-process.mjs";
import { makeTree } from "./tree.mjs";

const mutantsOfGroup = 1000;

const [what, ...given] = process.argv.slice(2);

const { values: options, positionals: places } = parseArgs({
  args: what === "native" ? [] : process.argv.slice(2),
  allowPositionals: true,
  options: {
    changed: { type: "string" },
    sample: { type: "string" },
    some: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    tests: { type: "string" },
    minutes: { type: "string", default: "Infinity" },
    write: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
  },
});

await main(async () => {
  if (what === "native") {
    run("node", ["test/mutants/native.mjs", ...given]);
    return;
  }
  const sources = makeTree();
  const chosen = chooseSources(sources, places, options);
  const tests = new TestProcess();
  try {
    const isPart = options.sample !== undefined || options.changed !== undefined;
    const among =
      options.tests !== undefined || isPart ? testsOf(chosen, options.tests) : undefined;
    const coverage = await currentCoverage(sources, tests, among);
    // Tests that have noticed a file's mutants have all the time that they take.
    const groups =
      options.some === undefined
        ? groupsOf(chosen)
        : someOfEachRoom(chosen, Number(options.some), options.seed);
    if (options.some !== undefined) console.log(`a sample by the seed ${options.seed}`);
    const report = new Report(options.all);
    await judgeAll(groups, report, { coverage, tests, hasLimits: !isPart });
    report.print();
    if (report.isWorse) process.exitCode = 1;
  } finally {
    tests.close();
  }
});

/**
 * Mutants that are judged together.
 *
 * @typedef {object} Group
 * @property {readonly { source: SourceFile, indexes: readonly number[] }[]} picked - Mutants by their files.
 * @property {import("./some-of-each-room.mjs").Sample} [sample] - What they are a sample of. Default: they are all of
 *   their files.
 *
 * @typedef {import("./tree.mjs").SourceFile} SourceFile
 */

/**
 * @param {readonly Group[]} groups
 * @param {Report} report
 * @param {{ coverage: import("./coverage.mjs").Coverage, tests: TestProcess, hasLimits: boolean }} how
 */
async function judgeAll(groups, report, { coverage, tests, hasLimits }) {
  const endsAt = performance.now() + Number(options.minutes) * 60_000;
  const judge = new Judge(coverage, tests, new Results());
  for (const { picked, sample } of groups) {
    /** @type {Map<number, ReturnType<Judge["known"]> | ReturnType<Judge["judge"]>>} By the mutant's number. */
    const verdicts = new Map();
    const open = picked.flatMap(({ source, indexes }) =>
      indexes.flatMap((index) => {
        const known = judge.known(source, index);
        if (known === undefined) return [{ source, index }];
        verdicts.set(source.first + index, known);
        return [];
      }),
    );
    const onNoticed = (
      /** @type {import("./batches.mjs").Candidate} */ { source, index },
      /** @type {import("./batches.mjs").Found} */ found,
    ) => {
      verdicts.set(source.first + index, judge.judge(source, index, found));
    };
    const batches = new Batches(coverage, tests, onNoticed, { hasLimits });
    const found = await batches.try(open, endsAt);
    for (const { source, indexes } of picked) {
      for (const index of indexes) {
        const number = source.first + index;
        const tried = found.get(number);
        if (!verdicts.has(number) && tried !== undefined && performance.now() < endsAt)
          verdicts.set(number, judge.judge(source, index, tried));
        const verdict = await verdicts.get(number);
        // There was no time for more.
        if (verdict === undefined) return;
        report.add(verdict);
      }
      if (sample === undefined) finish(() => report.finishFile(source));
    }
    if (sample !== undefined) finish(() => report.finishSample(sample));
  }

  /** @param {() => void} add */
  function finish(add) {
    add();
    if (options.write) writeScores({ src: report.scores, samples: report.samples });
  }
}

/**
 * Files of so many mutants together that starting the tests takes little beside running them, and that not all is
 * lost if the command is stopped.
 * @param {readonly SourceFile[]} chosen
 * @returns {Group[]}
 */
function groupsOf(chosen) {
  /** @type {Group["picked"][number][][]} */
  const groups = [];
  let mutants = Number.POSITIVE_INFINITY;
  for (const source of chosen) {
    if (mutants + source.mutants.length > mutantsOfGroup) {
      groups.push([]);
      mutants = 0;
    }
    groups.at(-1)?.push({ source, indexes: [...source.mutants.keys()] });
    mutants += source.mutants.length;
  }
  return groups.map((picked) => ({ picked }));
}
