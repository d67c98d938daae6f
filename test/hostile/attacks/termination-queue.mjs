// Attacks on the queue of cells that wait to be alive.
import { cellAttacks } from "../attack.mjs";

export const terminationQueue = cellAttacks([
  {
    name: "queue-of-cells",
    what: "Asks for two hundred cells where four may be alive, to keep other sessions waiting.",
    source: 'for (const until = Date.now() + 3; Date.now() < until; ); text("ran");',
    cells: 200,
    limits: { cells: 4 },
    expect: { status: "completed", output: ["ran"] },
    within: 20_000,
  },
  {
    name: "queue-overflow",
    what: "Asks for more cells than may wait.",
    source: "await new Promise((go) => setTimeout(go, 20));",
    cells: 50,
    limits: { cells: 2, queuedCells: 8 },
    neighbour: "apart",
    expect: { status: "completed", refused: { code: "ERR_QUEUE_FULL", count: 40 } },
  },
  {
    name: "queue-aborted",
    what: "Gives up waiting for its turn behind a cell that never ends.",
    source: 'text("in"); for (;;) {}',
    cells: 3,
    limits: { cells: 1 },
    stop: { by: "abortSignal", when: "atOnce" },
    expect: { status: "terminated", reason: "aborted" },
  },
]);
