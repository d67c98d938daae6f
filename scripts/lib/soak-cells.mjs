// The cells of the soak: what a session sees in a day, and much of what it should never see. Left out
// is what leaves an orphaned thread behind, as that is no leak but a promise (docs/limits.md).

/** @typedef {import("../../src/index.js").Session} Session */
/** @typedef {import("../../src/index.js").CellOutcome} CellOutcome */

/**
 * @typedef {object} SoakCell
 * @property {string} name
 * @property {string} end - Its status, or the code or reason of its end.
 * @property {(session: Session) => Promise<CellOutcome>} run
 */

const mebibyte = 2 ** 20;

/** Answers at once, late, with an error, with much, or never. */
export const soakTools = {
  echo: { execute: (input) => input },
  later: { execute: () => new Promise((resolve) => setTimeout(resolve, 2, "later")) },
  fail: {
    execute: () => {
      throw new Error("no");
    },
  },
  large: { execute: () => "x".repeat(100_000) },
  never: { execute: () => new Promise(() => {}) },
};

/** @type {readonly SoakCell[]} */
export const soakCells = [
  plain("text", 'text("ok");'),
  plain(
    "tools and stored values",
    `const echoed = await tools.echo({ n: 1, list: ["a", "b"] });
     store("last", echoed); text(load("last")); setTimeout(() => {}, 1e6); tools.never({});`,
  ),
  plain(
    "tools at once",
    `const calls = Array.from({ length: 50 }, (_, i) => (i % 5 ? tools.later(i) : tools.fail(i)));
     for await (const { status } of as_settled(calls)) text(status);`,
  ),
  plain("large results", "for (let i = 0; i < 5; i++) text((await tools.large()).length);"),
  plain("garbage", "for (let i = 0; i < 20; i++) new Array(20_000).fill(i); text('done');"),
  plain("images", 'image("data:image/png;base64," + "A".repeat(10_000)); notify("seen");'),
  plain("an iteration of timers", "for (let i = 0; i < 5; i++) await new Promise(setTimeout);"),
  failing("a syntax error", "ERR_CELL_SCRIPT", "text('open"),
  failing("a stack overflow", "ERR_CELL_SCRIPT", "(function again() { again(); })();"),
  failing(
    "an error with a thousand causes",
    "ERR_CELL_SCRIPT",
    "let e; for (let i = 0; i < 1000; i++) e = new Error(i, { cause: e }); throw e;",
  ),
  failing("nothing to wait for", "ERR_CELL_DEADLOCK", "await new Promise(() => {});"),
  failing(
    "a heap that fills",
    "ERR_CELL_HEAP_LIMIT",
    "const kept = []; for (;;) kept.push({ kept: [1, 2, 3] });",
    { heapBytes: 16 * mebibyte },
  ),
  failing(
    "buffers",
    "ERR_CELL_SCRIPT",
    "const kept = []; for (;;) kept.push(new Uint8Array(2 ** 18).fill(1));",
    { arrayBufferBytes: 4 * mebibyte },
  ),
  failing("a loop", "ERR_CELL_CPU_LIMIT", "for (;;) {}", { cpuMs: 20 }),
  failing(
    "a loop that catches everything",
    "ERR_CELL_CPU_LIMIT",
    "for (;;) { try { for (;;) {} } catch {} finally { continue; } }",
    { cpuMs: 20 },
  ),
  failing("a regular expression", "ERR_CELL_CPU_LIMIT", '/^(a+)+$/.test("a".repeat(40) + "b");', {
    cpuMs: 20,
  }),
  failing("a tool that hangs", "ERR_CELL_WALL_LIMIT", "await tools.never();", { wallMs: 20 }),
  failing("an output flood", "ERR_CELL_OUTPUT_LIMIT", 'for (;;) text("x".repeat(1000));', {
    outputBytes: mebibyte,
  }),
  failing("items without end", "ERR_CELL_OUTPUT_ITEMS_LIMIT", 'for (;;) text("");', {
    outputItems: 2000,
  }),
  failing("notifications without end", "ERR_CELL_NOTIFICATIONS_LIMIT", 'for (;;) notify("x");', {
    notifications: 2000,
  }),
  failing("a tool flood", "ERR_CELL_TOOL_CALLS_LIMIT", "for (;;) tools.echo(1).catch(() => {});", {
    toolCalls: 2000,
  }),
  {
    name: "a loop that is terminated",
    end: "requested",
    run: async (session) => {
      const { cellId } = await session.exec("for (;;) {}", { yieldAfterMs: 0 });
      return session.terminate(cellId);
    },
  },
  {
    name: "a loop whose signal is aborted",
    end: "aborted",
    run: (session) => session.exec("for (;;) {}", { signal: AbortSignal.timeout(5) }),
  },
  {
    name: "a cell that yields",
    end: "completed",
    run: async (session) => {
      const source = 'text("a"); yield_control(); await tools.later(); text("b");';
      const { cellId } = await session.exec(source);
      return session.wait(cellId);
    },
  },
];

/** A cell that is closed with its session; run in a session of its own. */
export const closedCell = {
  name: "a loop whose session is closed",
  end: "closed",
  /** @param {Session} session */
  run: async (session) => {
    const { cellId } = await session.exec("for (;;) await null;", { yieldAfterMs: 0 });
    await session.close();
    return session.wait(cellId);
  },
};

/** How an outcome is named in `SoakCell.end`. */
export function endOf(outcome) {
  return outcome.error?.code ?? outcome.reason ?? outcome.status;
}

/** @returns {SoakCell} */
function plain(name, source) {
  return { name, end: "completed", run: (session) => session.exec(source) };
}

/** @returns {SoakCell} */
function failing(name, end, source, limits = {}) {
  return { name, end, run: (session) => session.exec(source, { limits }) };
}
