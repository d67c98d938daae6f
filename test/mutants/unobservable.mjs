// Mutants that change nothing that anyone can observe, each with the reason. They do not count.

/**
 * @typedef {object} Unobservable
 * @property {string} file - In src/.
 * @property {string} line - The line on which the mutant begins, without the blanks around it.
 * @property {string} change - As the command prints it.
 * @property {number} [nth] - Which of the mutants of the file that look so, from 1. Default: 1.
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
  {
    file: "mcp/gateway/http-clients.ts",
    line: "onSent();",
    change: "without onSent();",
    why: "Only a DELETE whose session cannot be closed comes here, and its client is gone by then.",
  },
  {
    file: "mcp/gateway/http-clients.ts",
    line: "if (client === undefined) return;",
    change: "client === undefined → false",
    why: "Whatever drops a client finds it among the clients in the same step.",
  },
  {
    file: "mcp/gateway/when-sent.ts",
    line: 'signal.addEventListener("abort", leave, { once: true });',
    change: "true → false",
    why: "A signal is aborted once.",
  },
  {
    file: "mcp/gateway/request-body.ts",
    line: "if (refusal !== undefined) kept.length = 0;",
    change: "refusal !== undefined → false",
    why: "What was kept of a refused body is let go a moment later.",
  },
  {
    file: "bounds/session-slots.ts",
    line: 'if (answer === "aborted") this.#runtime.update(this);',
    change: 'answer === "aborted" → true',
    why: "An update more than is needed finds nothing to do.",
  },
  {
    file: "bounds/session-slots.ts",
    line: 'signal?.addEventListener("abort", onAbort, { once: true });',
    change: "true → false",
    why: "The waiter that the listener calls takes it away.",
  },
  {
    file: "bounds/session-slots.ts",
    line: "if (!isFree || this.#waiters.size > 0) return false;",
    change: "!isFree || this.#waiters.size > 0 → !isFree",
    why: "Where there is room no exec of the session waits: it went on when the room came.",
  },
  {
    file: "bounds/session-slots.ts",
    line: "if (first === undefined) return;",
    change: "first === undefined → false",
    why: "The runtime asks only sessions of which an exec waits.",
  },
  {
    file: "bounds/session-slots.ts",
    line: "this.#runtime.update(this);",
    change: "without this.#runtime.update(this);",
    nth: 4,
    why: "A closed session waits for nothing, so it is passed over when its turn comes.",
  },
  {
    file: "bounds/unseen-bytes.ts",
    line: "this.#outer?.remove(this.#bytes);",
    change: "this.#outer?.remove(this.#bytes) → this.#outer.remove(this.#bytes)",
    why: "Sessions leave, once, and each has an outer one.",
  },
  {
    file: "bounds/unseen-bytes.ts",
    line: "for (const end of this.#ends) this.#outer?.release(end);",
    change: "this.#outer?.release(end) → this.#outer.release(end)",
    why: "Sessions leave, once, and each has an outer one.",
  },
  {
    file: "calls/approval.ts",
    line: 'signal.addEventListener("abort", onAbort, { once: true });',
    change: "true \u2192 false",
    why: "A signal is aborted once.",
  },
  {
    file: "calls/tool-calls.ts",
    line: "return this.#unapproved.size === 0 ? [] : [...new Set(this.#unapproved.values())];",
    change: "this.#unapproved.size === 0 \u2192 false",
    why: "A list made of nothing is empty too.",
  },
  {
    file: "calls/tool-calls.ts",
    line: "if (this.#open.size === 0) return [];",
    change: "this.#open.size === 0 \u2192 false",
    why: "Without open calls there is nothing to abort.",
  },
  {
    file: "calls/tool-calls.ts",
    line: "if (this.#isOver) return [];",
    change: "this.#isOver \u2192 false",
    why: "When it is over no call is open, so there is nothing to abort.",
  },
  {
    file: "calls/tool-calls.ts",
    line: "if (call === undefined) continue;",
    change: "call === undefined \u2192 false",
    why: "Each id is one of those that are open.",
  },
  {
    file: "calls/tool-calls.ts",
    line: "return;",
    change: "without return;",
    nth: 2,
    why: "The call is not open any more then.",
  },
  {
    file: "calls/tool-calls.ts",
    line: "if (call === undefined) return;",
    change: "call === undefined \u2192 false",
    why: "It was looked at just before whether the call is open.",
  },
  {
    file: "session/session-values.ts",
    line: "for (let i = 0; i < writes.length; i += 2) {",
    change: "i < writes.length \u2192 i <= writes.length",
    why: "What stands behind the list is undefined, and passed over.",
  },
  {
    file: "session/session-values.ts",
    line: "if (key !== undefined && json !== undefined) this.#values.set(key, json);",
    change: "key !== undefined && json !== undefined \u2192 true",
    why: "The list has a text for each key.",
  },
  {
    file: "session/session-values.ts",
    line: "if (key !== undefined && json !== undefined) this.#values.set(key, json);",
    change: "key !== undefined && json !== undefined \u2192 key !== undefined",
    why: "The list has a text for each key.",
  },
  {
    file: "session/session-values.ts",
    line: "if (key !== undefined && json !== undefined) this.#values.set(key, json);",
    change: "key !== undefined && json !== undefined \u2192 json !== undefined",
    why: "The list has a text for each key.",
  },
];

/**
 * Whether a mutant changes nothing that anyone can observe.
 * @param {import("./tree.mjs").SourceFile} source
 * @param {number} index - Of the mutant, in its file.
 */
export function isUnobservable(source, index) {
  const mutant = source.mutants[index];
  const looksSo = (/** @type {{ lineText: string, change: string }} */ other) =>
    other.lineText === mutant?.lineText && other.change === mutant.change;
  const nthHere = source.mutants.slice(0, index + 1).filter(looksSo).length;
  return unobservable.some(
    ({ file, line, change, nth = 1 }) =>
      file === source.path && looksSo({ lineText: line, change }) && nth === nthHere,
  );
}
