// Attacks that want to take the process along when it leaves: it must leave with its own code, soon, and
// by no signal of the engine's.

/** @typedef {import("../attack.mjs").CellsState} CellsState */

/** @type {Readonly<Record<CellsState, string>>} */
const cellsAre = {
  idle: "every cell has ended",
  running: "cells are running",
  parked: "a cell's thread is parked after its engine has given up",
  starting: "cells are starting",
  ending: "cells are being ended",
  orphaned: "a cell's thread cannot be interrupted",
};

/**
 * @param {string} program
 * @param {CellsState} cells
 * @param {string} what
 * @param {Omit<import("../attack.mjs").ExitAttack, "name" | "what" | "leave">} rest
 * @returns {import("../attack.mjs").ExitAttack}
 */
function leaving(program, cells, what, rest) {
  return {
    name: `exit-${program}-${cells}`,
    what: `${what} while ${cellsAre[cells]}.`,
    leave: { program, cells },
    ...rest,
  };
}

const seven = { expect: { code: 7 } };
/** @type {Omit<import("../attack.mjs").ExitAttack, "name" | "what" | "leave">} */
const byTerm = { signal: "SIGTERM", expect: { code: null, signal: "SIGTERM" } };

/** @type {readonly CellsState[]} */
const all = ["idle", "running", "parked", "starting", "ending", "orphaned"];
/** @type {readonly CellsState[]} */
const busy = ["running", "parked", "starting", "orphaned"];

/** @type {readonly import("../attack.mjs").ExitAttack[]} */
export const exit = [
  ...["idle", "parked", "ending", "orphaned"].map((cells) =>
    leaving("natural", /** @type {CellsState} */ (cells), "Leaves by itself", seven),
  ),
  ...all.map((cells) => leaving("exit", cells, "Calls process.exit(7)", seven)),
  ...["running", "parked", "orphaned"].map((cells) =>
    leaving("uncaught", /** @type {CellsState} */ (cells), "Ends through an uncaught error", {
      expect: { code: 1, stderr: "the program's own" },
    }),
  ),
  leaving(
    "uncaught-in-tick",
    "idle",
    "Leaves through an error that process.nextTick meets between two cells",
    {
      expect: { code: 1, stderr: "the program's own" },
    },
  ),
  leaving(
    "uncaught-in-event",
    "idle",
    "Leaves through an error that process.nextTick meets in a cell's event",
    {
      expect: { code: 1, stderr: "the program's own" },
    },
  ),
  ...["running", "parked", "orphaned"].map((cells) =>
    leaving("until-signal", /** @type {CellsState} */ (cells), "Is ended by SIGTERM", byTerm),
  ),
  ...["running", "parked", "orphaned"].map((cells) =>
    leaving(
      "signal-handler",
      /** @type {CellsState} */ (cells),
      "Handles SIGTERM and calls process.exit(7)",
      { signal: "SIGTERM", ...seven },
    ),
  ),
  // What is left where only a worker used codecell is the engine's affair: see the document.
  ...["running", "starting"].map((cells) =>
    leaving(
      "worker-terminated",
      /** @type {CellsState} */ (cells),
      "Terminates a worker, which alone uses codecell, and leaves by itself",
      seven,
    ),
  ),
  ...busy.map((cells) =>
    leaving(
      "worker-beside-main",
      cells,
      "Terminates a worker, whose process uses codecell in its main thread too, and leaves by itself",
      seven,
    ),
  ),
  leaving(
    "worker-exits",
    "running",
    "Lets a worker call process.exit() and leaves by itself",
    seven,
  ),
  leaving(
    "worker-exits-beside-main",
    "orphaned",
    "Lets a worker call process.exit(), whose process uses codecell in its main thread too, and leaves by itself",
    seven,
  ),
  leaving(
    "main-exits-over-worker",
    "running",
    "Calls process.exit(7) in the main thread under a worker",
    seven,
  ),
  ...["running", "orphaned"].map((cells) =>
    leaving(
      "forked",
      /** @type {CellsState} */ (cells),
      "Forks a process that calls process.exit(7), and leaves with its code",
      seven,
    ),
  ),
  leaving(
    "forked-disconnected",
    "orphaned",
    "Forks a process that leaves by itself when it is disconnected, and leaves with its code",
    seven,
  ),
  leaving(
    "cluster",
    "running",
    "Ends a worker of a cluster, and leaves with the code it ended with",
    seven,
  ),
  leaving(
    "cluster",
    "orphaned",
    "Ends a worker of a cluster, and leaves with the code it ended with",
    seven,
  ),
  leaving("exit-in-event", "running", "Calls process.exit(7) inside an event of a cell", seven),
  leaving("exit-in-tool", "running", "Calls process.exit(7) inside a tool", seven),
  leaving("exec-in-exit-handler", "running", "Starts more cells in the handler of exit", seven),
  leaving("exec-before-exit", "idle", "Starts another cell each time it is about to leave", seven),
  leaving("exit-twice", "running", "Calls process.exit(7) in the handler of exit again", seven),
  leaving("never-settles", "orphaned", "Waits at its top level for what never happens", {
    // Some versions of Node get to their warning, others leave before.
    expect: { code: 13, stderr: "" },
  }),
];
