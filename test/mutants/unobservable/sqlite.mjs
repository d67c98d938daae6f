/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofSqlite = [
  {
    file: "sqlite/sqlite-store.ts",
    line: "this.#onClosed?.();",
    change: "this.#onClosed?.() → this.#onClosed()",
    why: "A worker says that it is closed to who has asked it to.",
  },
  {
    file: "sqlite/tables.ts",
    line: "const left = records.length - from;",
    change: "records.length - from → records.length + from",
    why: "The same records are written, by other statements.",
  },
  {
    file: "sqlite/tables.ts",
    line: "const part = records.slice(from, from + (left >= rowsAtOnce ? rowsAtOnce : 1));",
    change: "left >= rowsAtOnce → false",
    why: "The same records are written, one by one.",
  },
  {
    file: "sqlite/worker.ts",
    line: "open?.close();",
    change: "open?.close() → open.close()",
    why: "What fails while it closes is not told.",
  },
];
