/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofOptions = [
  {
    file: "options/limits.ts",
    line: "const constrained = process.constrainedMemory?.() ?? 0;",
    change: "process.constrainedMemory?.() ?? 0 → process.constrainedMemory?.()",
    why: "Undefined is not more than 0 either.",
  },
  {
    file: "options/limits.ts",
    line: "return constrained > 0 && constrained < machine ? constrained : machine;",
    change: "constrained < machine → constrained <= machine",
    why: "The two are the same number then.",
  },
  {
    file: "options/exec-options.ts",
    line: 'if (typeof call !== "object" || call === null) return false;',
    change: 'typeof call !== "object" || call === null → call === null',
    why: "What is no object has no tool either.",
  },
];
