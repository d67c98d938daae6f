// What the command prints, file by file.
import { isNoticed, percent, readScores, scoreOf, shareOf } from "./scores.mjs";

export class Report {
  /** Of the files that were judged in full. @type {Record<string, import("./scores.mjs").FileScore>} */
  scores = {};
  /** By room. @type {Record<string, import("./scores.mjs").SampleScore>} */
  samples = {};
  /** Whether more mutants of some file are unnoticed than were. */
  isWorse = false;
  #showsAll;
  #before = readScores().src;
  /** Of the file that is being judged. @type {import("./judge.mjs").Verdict[]} */
  #verdicts = [];
  #counts = { mutants: 0, noticed: 0 };
  /** Before the room that is sampled now. */
  #countsBefore = { mutants: 0, noticed: 0 };

  /** @param {boolean} showsAll - The noticed ones too. */
  constructor(showsAll) {
    this.#showsAll = showsAll;
  }

  /** @param {import("./judge.mjs").Verdict} verdict */
  add(verdict) {
    const { source, mutant, state, by = "" } = verdict;
    if (this.#verdicts[0]?.source !== source) this.#verdicts = [];
    this.#verdicts.push(verdict);
    if (state !== "unobservable") {
      this.#counts.mutants += 1;
      if (isNoticed(verdict)) this.#counts.noticed += 1;
      else this.#compare(source.path);
    }
    if (this.#showsAll || !isNoticed(verdict)) {
      console.log(
        `  ${state.padEnd(12)} src/${source.path}:${mutant.line}  ${mutant.change}  ${by}`,
      );
    }
  }

  /** @param {import("./tree.mjs").SourceFile} source - All its mutants have been added. */
  finishFile(source) {
    if (source.mutants.length === 0) return;
    const score = scoreOf(this.#verdicts);
    this.scores[source.path] = score;
    console.log(`src/${source.path}: ${score.noticed} of ${score.mutants}`);
  }

  /** @param {import("./some-of-each-room.mjs").Sample} sample - All that was picked for it has been added. */
  finishSample({ room, seed, of }) {
    const { mutants, noticed } = this.#counts;
    const score = {
      seed,
      of,
      mutants: mutants - this.#countsBefore.mutants,
      noticed: noticed - this.#countsBefore.noticed,
    };
    this.#countsBefore = { mutants, noticed };
    this.samples[room] = score;
    console.log(`${room}: ${score.noticed} of a sample of ${score.mutants}, ${shareOf(score)}`);
  }

  print() {
    const { mutants, noticed } = this.#counts;
    console.log(`${noticed} of ${mutants} mutants noticed (${percent(noticed, mutants)})`);
  }

  /** @param {string} path */
  #compare(path) {
    const before = this.#before[path];
    if (before === undefined) return;
    // One that is unclear says nothing about the tests.
    const unnoticed = this.#verdicts.filter(
      ({ state }) => state === "unnoticed" || state === "unreached",
    ).length;
    const allowed = before.mutants - before.noticed;
    if (unnoticed !== allowed + 1) return;
    this.isWorse = true;
    console.log(
      `src/${path}: ${allowed} unnoticed mutants were known, and there are more. Write a test that notices; if a mutant changes nothing, add it to test/mutants/unobservable/.`,
    );
  }
}
