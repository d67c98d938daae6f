/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofSealing = [
  {
    file: "sealing/sealed-store.ts",
    line: 'return this.#sessions.get(cellId) ?? (await this.#store.find(cellId))?.sessionId ?? "";',
    change:
      "this.#sessions.get(cellId) ?? (await this.#store.find(cellId … → this.#sessions.get(cellId) ?? (await this.#store.find(cellId …",
    why: "There are no records of a cell that there is not.",
  },
  {
    file: "sealing/sealed-store.ts",
    line: 'const place = placeOfValue(sessionId, end.writes[index - 1] ?? "");',
    change: 'end.writes[index - 1] ?? "" → end.writes[index - 1]',
    why: "A key stands before each value.",
  },
  {
    file: "sealing/sealed-store.ts",
    line: 'return openText(this.#keys, text, placeOfValue(sessionId, values[index - 1] ?? ""));',
    change: 'values[index - 1] ?? "" → values[index - 1]',
    why: "A key stands before each value.",
  },
];
