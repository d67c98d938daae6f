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
  {
    file: "calls/approval.ts",
    line: "signal.throwIfAborted();",
    change: "without signal.throwIfAborted();",
    nth: 2,
    why: "A call that was aborted runs no tool and has been told as aborted.",
  },
  {
    file: "calls/approval.ts",
    line: "signal.throwIfAborted();",
    change: "without signal.throwIfAborted();",
    nth: 3,
    why: "A call that was aborted runs no tool and has been told as aborted.",
  },
  {
    file: "calls/approval.ts",
    line: 'signal.removeEventListener("abort", onAbort);',
    change: 'without signal.removeEventListener("abort", onAbort);',
    why: "The signal is the call's own, and goes with it.",
  },
  {
    file: "calls/approval.ts",
    line: 'if (typeof answer !== "object" || answer === null) return false;',
    change: 'typeof answer !== "object" || answer === null → answer === null',
    why: "What is no object has no approved either.",
  },
  {
    file: "calls/tool-search.ts",
    line: "this.#made ??= this.#makeInSlices();",
    change: "without this.#made ??= this.#makeInSlices();",
    why: "The index is then made by the first search, at once.",
  },
  {
    file: "calls/tool-search.ts",
    line: ".flatMap(({ id }) => this.#tools[id as number] ?? []);",
    change: "this.#tools[id ] ?? [] → this.#tools[id ]",
    why: "Each id is the place of a tool.",
  },
  {
    file: "calls/tool-search.ts",
    line: "if (this.#index !== undefined) return this.#index;",
    change: "this.#index !== undefined → false",
    why: "The index is the same if it is made again.",
  },
  {
    file: "calls/tool-search.ts",
    line: "this.#index = index;",
    change: "without this.#index = index;",
    why: "The index is the same if it is made again.",
  },
  {
    file: "calls/tool-search.ts",
    line: "this.#index = index;",
    change: "without this.#index = index;",
    nth: 2,
    why: "The index is the same if it is made again.",
  },
  {
    file: "calls/tool-lookup.ts",
    line: "const lookup = lookups.get(tools) ?? new ToolLookup(tools);",
    change: "lookups.get(tools) ?? new ToolLookup(tools) → new ToolLookup(tools)",
    why: "Another one of the same tools finds the same.",
  },
  {
    file: "calls/tool-lookup.ts",
    line: "lookups.set(tools, lookup);",
    change: "without lookups.set(tools, lookup);",
    why: "Another one of the same tools finds the same.",
  },
  {
    file: "calls/tool-lookup.ts",
    line: "if (called.length > 1) {",
    change: "called.length > 1 → called.length >= 1",
    why: "A name that one tool has is found, so this is not asked.",
  },
  {
    file: "calls/tool-lookup.ts",
    line: "declared.get(tool) ?? declareRegisteredTools([tool], { toolDescriptions: false });",
    change:
      "declared.get(tool) ?? declareRegisteredTools([tool], { toolD … → declareRegisteredTools([tool], { toolDescriptions: false })",
    why: "A declaration that is made again is the same.",
  },
  {
    file: "calls/tool-lookup.ts",
    line: "declared.set(tool, declaration);",
    change: "without declared.set(tool, declaration);",
    why: "A declaration that is made again is the same.",
  },
  {
    file: "calls/tool-lookups.ts",
    line: "if (this.#isOver) return;",
    change: "this.#isOver → false",
    why: "What is answered after the end goes nowhere.",
  },
  {
    file: "calls/tool-lookups.ts",
    line: "this.#waiting = [];",
    change: "without this.#waiting = [];",
    why: "What is answered after the end goes nowhere.",
  },
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
    file: "session/ungiven-ends.ts",
    line: "if (this.#reasons.size > maxKept && oldest !== undefined) this.#reasons.delete(oldest);",
    change: "this.#reasons.size > maxKept && oldest !== undefined → this.#reasons.size > maxKept",
    why: "Where there are so many there is an oldest one.",
  },
  {
    file: "session/session-values.ts",
    line: "if (writes.length === 0) return;",
    change: "writes.length === 0 → false",
    why: "A copy of the same values is made once more.",
  },
  {
    file: "session/session-values.ts",
    line: "if (this.#values.size === 0) return undefined;",
    change: "this.#values.size === 0 → false",
    why: "A cell is then given no values, in a list.",
  },
  {
    file: "cell/cell-observer.ts",
    line: 'yieldSignal?.addEventListener("abort", this.#onYieldAsked, { once: true });',
    change: "true → false",
    why: "A signal is aborted once.",
  },
  {
    file: "cell/cell-observer.ts",
    line: 'signal.addEventListener("abort", this.#onAbort, { once: true });',
    change: "true → false",
    why: "A signal is aborted once.",
  },
  {
    file: "cell/cell.ts",
    line: 'options.signal?.addEventListener("abort", this.#onAbort, { once: true });',
    change: "true → false",
    why: "A signal is aborted once.",
  },
  {
    file: "cell/cell.ts",
    line: "emit: options.onEvent.length === 0 ? undefined : (event) => this.#emit(event),",
    change: "options.onEvent.length === 0 → false",
    why: "Where there is no handler nothing is emitted all the same.",
  },
  {
    file: "cell/cell.ts",
    line: "if (onEvent.length === 0) return;",
    change: "onEvent.length === 0 → false",
    why: "The event is then made for nobody.",
  },
  {
    file: "cell/cell.ts",
    line: "if (this.#outcome !== undefined) this.#output.keep(this.#outcome);",
    change: "this.#outcome !== undefined → true",
    why: "An end is kept after it was made.",
  },
  {
    file: "cell/cell.ts",
    line: "if (this.#outcome === undefined) return;",
    change: "this.#outcome === undefined → false",
    why: "An end is handed out after it was made.",
  },
  {
    file: "calls/tool-calls.ts",
    line: "if (!this.#open.has(callId)) return;",
    change: "!this.#open.has(callId) → false",
    why: "A call that is not open is passed over a moment later.",
  },
  {
    file: "session/session.ts",
    line: "const limits = isOwn",
    change: "isOwn → false",
    why: "Limits that are resolved again are the same.",
  },
  {
    file: "session/session.ts",
    line: 'onLost: (tool) => tools[tool]?.onLost ?? "fail",',
    change: 'tools[tool]?.onLost ?? "fail" → tools[tool]?.onLost',
    why: "A call names a tool of the list, and each has a policy.",
  },
  {
    file: "session/session.ts",
    line: 'onLost: (tool) => tools[tool]?.onLost ?? "fail",',
    change: "tools[tool]?.onLost → tools[tool].onLost",
    why: "A call names a tool of the list.",
  },
  {
    file: "session/code-mode.ts",
    line: "if (store !== undefined && cell !== undefined) return readEntries(store, cell);",
    change: "store !== undefined && cell !== undefined → cell !== undefined",
    why: "Without a store there is no cell.",
  },
  {
    file: "cell/cell-observer.ts",
    line: 'if (this.#onAbort !== undefined) this.#signal?.removeEventListener("abort", this.#onAbort);',
    change: "this.#onAbort !== undefined → true",
    why: "Where there is no listener there is no signal.",
  },
  {
    file: "cell/cell-observer.ts",
    line: 'if (this.#onAbort !== undefined) this.#signal?.removeEventListener("abort", this.#onAbort);',
    change:
      'this.#signal?.removeEventListener("abort", this.#onAbort) → this.#signal.removeEventListener("abort", this.#onAbort)',
    why: "Where there is a listener there is a signal.",
  },
  {
    file: "cell/outcomes.ts",
    line: 'if (verdict.status === "completed" && place === undefined) {',
    change: 'verdict.status === "completed" && place === undefined → false',
    why: "The same outcome is made below, more slowly.",
  },
  {
    file: "cell/cell-state.ts",
    line: "break;",
    change: "without break;",
    nth: 7,
    why: "The next case answers an observer, and there is none any more.",
  },
  {
    file: "cell/cell-state.ts",
    line: "break;",
    change: "without break;",
    nth: 8,
    why: "The next case answers an observer, and there is none any more.",
  },
  {
    file: "cell/cell-state.ts",
    line: "break;",
    change: "without break;",
    nth: 12,
    why: "A thread that is gone is not gone once more.",
  },
  {
    file: "cell/cell-state.ts",
    line: "break;",
    change: "without break;",
    nth: 17,
    why: "A limit that a cell passes while it stops does not count.",
  },
  {
    file: "cell/cell-state.ts",
    line: "break;",
    change: "without break;",
    nth: 18,
    why: "It is the last case.",
  },
  {
    file: "cell/cell-state.ts",
    line: "if (rejections.length === 0) return warnings;",
    change: "rejections.length === 0 → false",
    why: "Warnings that are bounded once more are the same.",
  },
  {
    file: "cell/cell-state.ts",
    line: "if (texts.length === 0) return warnings;",
    change: "texts.length === 0 → false",
    why: "Warnings that are bounded once more are the same.",
  },
  {
    file: "calls/tool-call.ts",
    line: "await iterator.return?.();",
    change: "iterator.return?.() → iterator.return()",
    why: "What is thrown there concerns no call.",
  },
  {
    file: "session/cell-ids.ts",
    line: "bytes[6] = (version << 4) | ((bytes[6] ?? 0) & 0x0f);",
    change: "bytes[6] ?? 0 → bytes[6]",
    why: "There are sixteen bytes.",
  },
  {
    file: "session/cell-ids.ts",
    line: "bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);",
    change: "bytes[8] ?? 0 → bytes[8]",
    why: "There are sixteen bytes.",
  },
  {
    file: "session/cell-ids.ts",
    line: 'return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");',
    change: "/^(.{8})(.{4})(.{4})(.{4})(.{12})$/ → /(.{8})(.{4})(.{4})(.{4})(.{12})$/",
    why: "The text has 32 characters.",
  },
  {
    file: "session/cell-ids.ts",
    line: 'return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");',
    change: "/^(.{8})(.{4})(.{4})(.{4})(.{12})$/ → /^(.{8})(.{4})(.{4})(.{4})(.{12})/",
    why: "The text has 32 characters.",
  },
  {
    file: "calls/tool-call.ts",
    line: "return;",
    change: "without return;",
    why: "A second result of a call goes nowhere.",
  },
  {
    file: "mcp/gateway/clients.ts",
    line: "const wanted = this.all.flatMap(({ level }) => (level === undefined ? [] : [level]));",
    change: "level === undefined → false",
    why: "Undefined is none of the levels that are looked for.",
  },
  {
    file: "mcp/gateway/server-requests.ts",
    line: "const isOfOne = causes.length === 1 && cause?.signal !== undefined;",
    change: "cause?.signal → cause.signal",
    why: "Where there is one cause there is a first one.",
  },
  {
    file: "mcp/gateway/server-requests.ts",
    line: 'signal.addEventListener("abort", abort, { once: true });',
    change: "true → false",
    why: "A signal is aborted once.",
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
