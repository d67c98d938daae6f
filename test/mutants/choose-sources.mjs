// Which files' mutants a run looks at, and which tests it needs for them.
import { capture, ScriptFailure } from "../../scripts/lib/command.mjs";
import { shuffledByTurn } from "../../scripts/lib/turn.mjs";
import { testFiles } from "./coverage.mjs";
import { isOfThisText, readScores } from "./scores.mjs";

/** @typedef {import("./tree.mjs").SourceFile} SourceFile */

/**
 * @param {readonly SourceFile[]} sources
 * @param {readonly string[]} places - How their paths begin. None: all.
 * @param {{ changed?: string | undefined, sample?: string | undefined }} options
 * @returns {SourceFile[]}
 */
export function chooseSources(sources, places, { changed, sample }) {
  const unknown = places.find((place) => !sources.some(({ path }) => path.startsWith(place)));
  if (unknown !== undefined) {
    throw new ScriptFailure(
      `no file of src/ begins with ${JSON.stringify(unknown)}; give a folder or a file of it: cell, mcp/gateway, base/errors.ts`,
    );
  }
  // In the order that was asked for.
  const inPlaces = new Set(
    (places.length === 0 ? [""] : places).flatMap((place) =>
      sources.filter(({ path }) => path.startsWith(place)),
    ),
  );
  if (changed !== undefined) {
    const differing = capture("git", ["diff", "--name-only", changed, "--", "src"]).split("\n");
    return [...inPlaces].filter(({ path }) => differing.includes(`src/${path}`));
  }
  return sample === undefined ? [...inPlaces] : sampleOf([...inPlaces], Number(sample));
}

/**
 * Files that are what they were when they were judged, so that a mutant more that nothing notices is the tests' doing.
 * @param {readonly SourceFile[]} sources
 * @param {number} wanted - How many mutants they have, about.
 */
function sampleOf(sources, wanted) {
  const scores = readScores().src;
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const judged = sources.filter(({ path }) => scores[path] !== undefined);
  const known = judged.flatMap((source) =>
    isOfThisText(source, scores[source.path]) ? [source.path] : [],
  );
  console.log(`${known.length} of ${judged.length} judged files are what they were then`);
  if (known.length === 0) {
    throw new ScriptFailure(
      "scores.json has no file of src/ to choose from; judge one first: npm run check:mutants -- bounds --write",
    );
  }
  /** @type {SourceFile[]} */
  const chosen = [];
  let mutants = 0;
  for (const path of shuffledByTurn(known)) {
    const source = /** @type {SourceFile} */ (byPath.get(path));
    if (mutants >= wanted) break;
    mutants += source.mutants.length;
    chosen.push(source);
  }
  return chosen;
}

/**
 * The files of tests that noticed mutants of these files, and those of new files' rooms.
 * @param {readonly SourceFile[]} sources
 * @param {string} [places] - Other files of tests, or how their paths begin, separated by commas.
 */
export function testsOf(sources, places) {
  if (places !== undefined) {
    return testFiles().filter((file) => places.split(",").some((place) => file.startsWith(place)));
  }
  const scores = readScores().src;
  const wanted = new Set(
    sources.flatMap(({ path }) => {
      const ofRoom = `test/${path.split("/")[0]}/`;
      return scores[path]?.tests ?? testFiles().filter((file) => file.startsWith(ofRoom));
    }),
  );
  return testFiles().filter((file) => wanted.has(file));
}
