// The tests that a mutant gets: those that reach it, the likeliest to notice it first.

/**
 * Other rooms' tests that take longer than this are left out: what the tests of its own room do not notice, they
 * seldom do. So a score is never too high.
 */
const maxOthersMs = 10_000;
/** To start a process for a file of tests and to load what it imports. */
const fileMs = 700;

/** @typedef {import("./tree.mjs").SourceFile} SourceFile */

/**
 * @typedef {object} ReachingFile
 * @property {string} file
 * @property {string[]} ids - Of its tests that reach the mutant.
 * @property {number} ms - What they take without a mutant.
 * @property {number} longestMs - What the longest of them takes.
 * @property {boolean} isOwn - It is in the folder of the mutant's room.
 */

/**
 * All tests that reach a mutant.
 * @param {SourceFile} source
 * @param {number} index - Of the mutant, in its file.
 * @param {import("./coverage.mjs").Coverage} coverage
 * @returns {ReachingFile[]}
 */
export function reachingTests(source, index, coverage) {
  return Object.entries(coverage).flatMap(([file, reach]) => {
    const ids = idsOf(reach, source, index);
    if (ids.length === 0) return [];
    const times = ids.map((id) => reach.tests[id]?.ms ?? 0);
    const ms = times.reduce((sum, time) => sum + time, fileMs);
    return [{ file, ids, ms, longestMs: Math.max(...times), isOwn: isOwnOf(source, file) }];
  });
}

/**
 * The single tests that reach a mutant themselves, whatever is reached before them.
 * @param {SourceFile} source
 * @param {number} index
 * @param {import("./coverage.mjs").Coverage} coverage
 */
export function reachingOneByOne(source, index, coverage) {
  return Object.entries(coverage).flatMap(([file, { sources, tests }]) => {
    const byTest = sources[source.path]?.byTest ?? {};
    return Object.keys(byTest).flatMap((id) =>
      tests[id]?.passed && byTest[id]?.includes(index)
        ? [{ file, id, ms: tests[id].ms, isOwn: isOwnOf(source, file) }]
        : [],
    );
  });
}

/**
 * Whether a mutant is reached when the file's modules load, or by what its tests share.
 * @param {SourceFile} source
 * @param {number} index
 * @param {import("./coverage.mjs").Coverage} coverage
 * @param {string} file - Of tests.
 */
export function isReachedOutside(source, index, coverage, file) {
  return coverage[file]?.sources[source.path]?.outside.includes(index) ?? false;
}

/**
 * @param {SourceFile} source
 * @param {string} file - Of tests.
 */
function isOwnOf(source, file) {
  return file.startsWith(`test/${source.path.split("/")[0]}/`);
}

/**
 * @param {readonly ReachingFile[]} reaching
 * @param {ReadonlyMap<string, number>} successes - How many mutants of the source file each file of tests has noticed.
 */
export function chooseTests(reaching, successes) {
  const likelihood = (/** @type {ReachingFile} */ { file, isOwn, ms }) =>
    (1 + (successes.get(file) ?? 0) + (isOwn ? 2 : 0)) / ms;
  const ordered = [...reaching].sort((a, b) => likelihood(b) - likelihood(a));
  let othersMs = 0;
  return ordered.filter(({ isOwn, file, ms }) => {
    if (isOwn || successes.has(file)) return true;
    othersMs += ms;
    return othersMs <= maxOthersMs;
  });
}

/**
 * @param {import("./coverage.mjs").Reach} reach
 * @param {SourceFile} source
 * @param {number} index
 */
function idsOf(reach, source, index) {
  const inFile = reach.sources[source.path];
  if (inFile === undefined) return [];
  const passing = Object.keys(reach.tests).filter((id) => reach.tests[id]?.passed);
  if (inFile.outside.includes(index)) return passing;
  return passing.filter((id) => inFile.byTest[id]?.includes(index));
}
