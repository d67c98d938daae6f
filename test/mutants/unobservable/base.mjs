/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofBase = [
  {
    file: "base/compare-texts.ts",
    line: "return one < other ? -1 : 1;",
    change: "one < other → one <= other",
    why: "Equal texts have been told apart before.",
  },
  {
    file: "base/json-values.ts",
    line: 'if (typeof value !== "object" || value === null) return bytesPerValue;',
    change: 'typeof value !== "object" || value === null → value === null',
    why: "A number or a boolean has no entries.",
  },
];
