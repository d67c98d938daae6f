/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofJournal = [
  {
    file: "journal/next-replay.ts",
    line: "if (command === undefined) break;",
    change: "command === undefined → false",
    why: "The place is one of the list.",
  },
  {
    file: "journal/replay.ts",
    line: 'signal.addEventListener("abort", stop, { once: true });',
    change: "true → false",
    why: "A signal is aborted once.",
  },
  {
    file: "journal/replay.ts",
    line: "this.#cell?.terminate();",
    change: "this.#cell?.terminate() → this.#cell.terminate()",
    nth: 1,
    why: "The cell is started in the turn in which the signal is heeded.",
  },
];
