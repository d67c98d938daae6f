/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofCli = [
  {
    file: "cli/gateway/first/first-answers.ts",
    line: "if (!this.#isLooking || this.#rest.length > maxLineBytes) this.#stop();",
    change: "this.#rest.length > maxLineBytes → this.#rest.length >= maxLineBytes",
    why: "With its end the line is longer than one that is read.",
  },
  {
    file: "cli/gateway/first/known-answers.ts",
    line: "return text !== undefined && hashOf(text) === hash;",
    change: "text !== undefined && hashOf(text) === hash → hashOf(text) === hash",
    why: "A file that is gone has the hash of an empty text, which is no list of tools.",
  },
];
