/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofDurable = [
  {
    file: "durable/durable-cell.ts",
    line: "return;",
    change: "without return;",
    nth: 2,
    why: "That it waits is then told to its handle, which does nothing with it.",
  },
  {
    file: "durable/durable-journal.ts",
    line: "this.#callbacks?.onLost(error);",
    change: "this.#callbacks?.onLost(error) → this.#callbacks.onLost(error)",
    why: "The cell follows its journal from the beginning.",
  },
  {
    file: "durable/resumption.ts",
    line: "return expected && { seq: expected.seq, expected, got: undefined };",
    change:
      "expected && { seq: expected.seq, expected, got: undefined } → { seq: expected.seq, expected, got: undefined }",
    why: "As long as it replays, its journal has more.",
  },
];
