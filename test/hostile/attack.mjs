// What an attack is: one entry of the tables in `attacks/`. The runner tries each, and docs/security.md
// is written from them.

/**
 * @typedef {NonNullable<import("../../dist/index.js").SessionOptions["limits"]>} SessionLimits
 * @typedef {import("../../dist/index.js").HostModules} HostModules
 * @typedef {import("./prepared-tools.mjs").ToolName} ToolName
 */

/**
 * When and how the host stops a cell. `atOnce` is before the cell's thread has started, the others are
 * the first event of that kind; `storm` asks to terminate a hundred times at once.
 *
 * @typedef {object} Stop
 * @property {"terminate" | "storm" | "closeSession" | "abortSignal"} by
 * @property {"atOnce" | "started" | "output" | "toolCallStarted" | "ended"} when
 */

/**
 * How an attack ends. What is left out is not looked at, but for `orphaned`, which is "never" then.
 *
 * @typedef {object} Expectation
 * @property {"completed" | "failed" | "terminated"} status
 * @property {string | undefined} [code] - Of the outcome's error.
 * @property {string | undefined} [limit] - The name in the error's `limit`.
 * @property {string | undefined} [reason] - Of a terminated outcome.
 * @property {string} [error] - A part of the error's text.
 * @property {"never" | "may" | "must"} [orphaned] - Whether a thread is left that nothing can end.
 * @property {readonly string[]} [output] - All output: the text of texts, the type of other items.
 * @property {readonly string[]} [outputStart] - The first items of the output.
 * @property {number} [items] - The number of output items.
 * @property {readonly string[]} [warnings] - The types of the outcome's warnings.
 * @property {Readonly<Record<string, unknown>>} [stored] - The session's values afterwards.
 * @property {{ readonly code: string, readonly count: number }} [refused] - Of several cells, how many
 *   `exec` rejects, and with what.
 * @property {boolean} [enginePrints] - Whether V8 may write its own report to standard error.
 */

/**
 * Another cell of the same session, after the attack has ended.
 *
 * @typedef {object} Follower
 * @property {string} source
 * @property {readonly string[]} [output]
 * @property {string} [refused] - The code that `exec` rejects with.
 * @property {readonly string[]} [inProcess] - Its output where cells live in processes, which leave no threads.
 */

/**
 * An attack from within a cell.
 *
 * @typedef {object} CellAttack
 * @property {string} name - Unique, in kebab case.
 * @property {string} what - What it tries, in one sentence.
 * @property {string} source - The cell.
 * @property {SessionLimits} [limits] - Of its session; what is left out has its default.
 * @property {NonNullable<import("../../dist/index.js").CodeModeOptions["limits"]>} [runtimeLimits] - Of the whole runtime.
 * @property {readonly ToolName[]} [tools] - Prepared ones, from `prepared-tools.mjs`.
 * @property {HostModules} [modules]
 * @property {{ deadlock?: "wait", console?: true, dialect?: "lenient", remoteImages?: true }} [options] - Of its session.
 * @property {"throwing"} [handlers] - Gives the session handlers of events and notifications that fail.
 * @property {number} [cells] - How many cells run the source at once; each must end so. Default: 1.
 * @property {"apart"} [neighbour] - Runs the neighbour in another runtime of the same process.
 * @property {Stop} [stop] - Default: the cell is left alone.
 * @property {Follower} [next]
 * @property {Expectation} expect
 * @property {Readonly<Record<string, Partial<Expectation> & { readonly because: string }>>} [on] - What
 *   is different on a major of Node.
 * @property {Partial<Expectation> & { readonly because: string }} [inProcess] - What is different where
 *   cells live in processes of their own. No thread is ever orphaned there.
 * @property {number} [within] - Milliseconds to its end. Default: 10 000.
 */

/**
 * An attack on how the process leaves: what its cells are at, and how it goes.
 *
 * @typedef {object} ExitAttack
 * @property {string} name
 * @property {string} what
 * @property {{ readonly program: string, readonly cells: CellsState }} leave - A program of
 *   `leave.mjs`, and what the cells are at when the process leaves.
 * @property {NodeJS.Signals} [signal] - Sent when the program has written its first line.
 * @property {{ readonly code: number | null, readonly signal?: NodeJS.Signals, readonly stderr?: string }}
 *   expect - `stderr` is a part of what is written there; nothing is, where it is left out, but V8's own
 *   report of a parked thread.
 * @property {number} [within] - Milliseconds to the process's end. Default: 10 000.
 */

/** @typedef {"idle" | "running" | "parked" | "starting" | "ending" | "orphaned"} CellsState */
/** @typedef {CellAttack | ExitAttack} Attack */

export const KiB = 1024;
export const MiB = 1024 * 1024;

/** Milliseconds that an attack has where it does not say. */
const defaultWithin = 10_000;

/** What times are multiplied by: a machine that is busy with other work is slower than any attack expects. */
export function patience() {
  return Number(process.env["CODECELL_TEST_PATIENCE"] ?? "1");
}

/**
 * Keeps the shape of a table checked where it is written.
 * @param {readonly CellAttack[]} attacks
 */
export function cellAttacks(attacks) {
  return attacks;
}

/**
 * Milliseconds that an attack has to its end.
 * @param {Attack} attack
 */
export function timeFor(attack) {
  return (attack.within ?? defaultWithin) * patience();
}

/**
 * An end without a failure, with this output.
 * @param {readonly string[]} output
 * @returns {Expectation}
 */
export function completes(...output) {
  return { status: "completed", output };
}

/**
 * @param {Attack} attack
 * @returns {attack is ExitAttack}
 */
export function isExitAttack(attack) {
  return "leave" in attack;
}

/**
 * What an attack is expected to do on a major of Node.
 * @param {CellAttack} attack
 * @param {string} major
 * @param {"thread" | "process"} [isolation] - Where its cells live. Default: on threads.
 * @returns {Expectation}
 */
export function expectationOn(attack, major, isolation) {
  const expected = { ...attack.expect, ...attack.on?.[major] };
  if (isolation !== "process") return { orphaned: "never", ...expected };
  return { ...expected, ...attack.inProcess, orphaned: "never" };
}
