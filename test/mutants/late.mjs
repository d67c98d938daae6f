/** What a failure may take beyond the time of a test that passes, so that the machine is not to blame for it. */
const slowness = 2;
const slackMs = 200;

/**
 * Whether a failure came so late that a busy machine may have made it, as when a test has waited for something in
 * vain. Then it counts only if it comes again.
 * @param {number} failedAfterMs
 * @param {number} passedAfterMs - The same without the mutant, right after it.
 */
export function isLate(failedAfterMs, passedAfterMs) {
  return failedAfterMs > slackMs + slowness * passedAfterMs;
}
