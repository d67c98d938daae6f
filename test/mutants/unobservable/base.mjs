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
  {
    file: "base/deadline.ts",
    line: "if (deadline.at > now) break;",
    change: "deadline.at > now → deadline.at >= now",
    why: "What is due in just a millisecond passes now, or in the next step.",
  },
  {
    file: "base/private-files.ts",
    line: "if (names.length <= maxFiles) return;",
    change: "names.length <= maxFiles → names.length < maxFiles",
    why: "Of just as many as may be, none is left over to be removed.",
  },
];
