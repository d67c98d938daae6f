/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofDurable = [
  {
    file: "durable/durable-cell.ts",
    line: "return;",
    change: "without return;",
    nth: 2,
    why: "That it waits is then told to its handle, which does nothing with it.",
  },
];
