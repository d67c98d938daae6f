// Whether tests fail because of a mutant, in processes of their own.
import { isLate } from "./late.mjs";

/** A test fails that takes so many times as long as without a mutant, and this much more. */
const slowness = 3;
const slackMs = 3000;

/**
 * Runs a file's tests with a mutant, and if they fail, without it in the same time: they must pass then. A failure
 * that may come from a busy machine must come twice.
 * @param {import("./test-process.mjs").TestProcess} process
 * @param {number} mutant
 * @param {Pick<import("./choose-tests.mjs").ReachingFile, "file" | "ids" | "ms" | "longestMs">} reached
 * @param {number} patience - How many times as long the tests may take as on an idle machine.
 * @returns {Promise<{ state: "noticed" | "hung" | "unnoticed", by?: string } | undefined>} Undefined: they fail
 *   without the mutant too.
 */
export async function confirm(process, mutant, reached, patience) {
  const first = await runWith(process, mutant, reached, patience);
  if (first.failure === undefined) return { state: "unnoticed" };
  const control = await runWith(process, -1, reached, patience);
  if (control.failure !== undefined) return undefined;
  const isSure = !first.isHung && !isLate(first.ms, control.ms);
  const last = isSure ? first : await runWith(process, mutant, reached, patience);
  if (last.failure === undefined) return { state: "unnoticed" };
  return { state: last.isHung ? "hung" : "noticed", by: last.failure };
}

/**
 * @param {import("./test-process.mjs").TestProcess} process
 * @param {number} mutant - -1: none.
 * @param {Pick<import("./choose-tests.mjs").ReachingFile, "file" | "ids" | "ms" | "longestMs">} reached
 * @param {number} patience
 * @returns {Promise<{ ms: number, isHung: boolean, failure?: string | undefined }>}
 */
async function runWith(process, mutant, { file, ids, ms, longestMs }, patience) {
  const beganAt = performance.now();
  const end = await process.run(
    {
      environment: { CODECELL_MUTANT: String(mutant) },
      tests: [{ file, ids }],
      testMs: patience * (slackMs + slowness * longestMs),
      workers: 1,
      stopsAtFailure: true,
    },
    patience * (3 * slackMs + slowness * ms),
  );
  const tookMs = performance.now() - beganAt;
  if (end === "hung") return { ms: tookMs, isHung: true, failure: `${file}: it hangs` };
  return { ms: tookMs, isHung: false, failure: end.failure };
}
