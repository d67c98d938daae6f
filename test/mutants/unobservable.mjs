// Mutants that change nothing that anyone can observe, each with the reason. They do not count.

/**
 * @typedef {object} Unobservable
 * @property {string} file - In src/.
 * @property {string} line - The line on which the mutant begins, without the blanks around it.
 * @property {string} change - As the command prints it.
 * @property {string} why
 */

/** @type {readonly Unobservable[]} */
export const unobservable = [
  {
    file: "mcp/gateway/access.ts",
    line: 'const [, given] = /^Bearer +(\\S+) *$/i.exec(request.headers.get("authorization") ?? "") ?? [];',
    change: 'request.headers.get("authorization") ?? "" → request.headers.get("authorization")',
    why: "Without the header the pattern is looked for in the text null, which has no token either.",
  },
];
