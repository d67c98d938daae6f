/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofSession = [
  {
    file: "session/session-values.ts",
    line: "for (let i = 0; i < writes.length; i += 2) {",
    change: "i < writes.length → i <= writes.length",
    why: "What stands behind the list is undefined, and passed over.",
  },
  {
    file: "session/session-values.ts",
    line: "if (key !== undefined && json !== undefined) this.#values.set(key, json);",
    change: "key !== undefined && json !== undefined → true",
    why: "The list has a text for each key.",
  },
  {
    file: "session/session-values.ts",
    line: "if (key !== undefined && json !== undefined) this.#values.set(key, json);",
    change: "key !== undefined && json !== undefined → key !== undefined",
    why: "The list has a text for each key.",
  },
  {
    file: "session/session-values.ts",
    line: "if (key !== undefined && json !== undefined) this.#values.set(key, json);",
    change: "key !== undefined && json !== undefined → json !== undefined",
    why: "The list has a text for each key.",
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
    file: "session/session-cells.ts",
    line: "const limits = isOwn",
    change: "isOwn → false",
    why: "Limits that are resolved again are the same.",
  },
  {
    file: "session/session-cells.ts",
    line: 'onLost: (tool) => tools[tool]?.onLost ?? "fail",',
    change: 'tools[tool]?.onLost ?? "fail" → tools[tool]?.onLost',
    why: "A call names a tool of the list, and each has a policy.",
  },
  {
    file: "session/session-cells.ts",
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
    file: "session/session.ts",
    line: "if (isUnknown && (await this.#durable?.isRunning(id))) throw busy(id);",
    change: "this.#durable?.isRunning(id) → this.#durable.isRunning(id)",
    why: "There are requests only where a store keeps the cells.",
  },
  {
    file: "session/session.ts",
    line: "const { signal, yieldAfterMs, yieldSignal, yieldOnApproval } = exec.options ?? {};",
    change: "exec.options ?? {} → exec.options",
    why: "The id of a request is one of its options.",
  },
  {
    file: "session/session.ts",
    line: 'signal?.addEventListener("abort", stop, { once: true });',
    change: "true → false",
    why: "A signal is aborted once.",
  },
  {
    file: "session/session.ts",
    line: "cell = started instanceof Promise ? await started : started;",
    change: "started instanceof Promise → true",
    why: "The cell has started by then, and what it says is kept until it is observed a moment later.",
  },
  {
    file: "session/session-cells.ts",
    line: "const { signal } = exec.options ?? {};",
    change: "exec.options ?? {} → exec.options",
    nth: 2,
    why: "A dry run has options.",
  },
  {
    file: "session/session-cells.ts",
    line: "isPlanned: false,",
    change: "false → true",
    why: "A resumed cell has a plan if its journal says so, and a new one is told after this.",
  },
  {
    file: "session/dry-run.ts",
    line: "return { ...settings, tools, onNotify: [], onEvent: [], record: false };",
    change: "false → true",
    why: "Dry runs are not among what can be recorded.",
  },
  {
    file: "session/durable-cells.ts",
    line: 'if (outcome.status !== "yielded") this.#told.delete(outcome.cellId);',
    change: 'outcome.status !== "yielded" → false',
    why: "It is noted anew when the cell is found again, and takes a few bytes until then.",
  },
  {
    file: "session/durable-cells.ts",
    line: 'if (told === undefined || outcome.status === "missing") return outcome;',
    change: 'told === undefined || outcome.status === "missing" → told === undefined',
    why: "Sessions tell themselves which cells are missing.",
  },
  {
    file: "session/durable-cells.ts",
    line: "if (after === undefined || after === from) return { ...outcome, ...news, cursor };",
    change: "after === undefined || after === from → after === undefined",
    why: "Nothing of what was told before is told again then, but it is read.",
  },
  {
    file: "session/durable-cells.ts",
    line: "after > from",
    change: "after > from → after >= from",
    why: "Who has as much as was told has been answered by then.",
  },
  {
    file: "session/durable-cells.ts",
    line: "const written = this.#told.get(cellId)?.journal?.flushed();",
    change:
      "this.#told.get(cellId)?.journal?.flushed() → this.#told.get(cellId)?.journal.flushed()",
    why: "A cell that has yielded has a journal.",
  },
  {
    file: "session/durable-cells.ts",
    line: "const written = this.#told.get(cellId)?.journal?.flushed();",
    change:
      "this.#told.get(cellId)?.journal?.flushed() → this.#told.get(cellId).journal?.flushed()",
    why: "A cell that has yielded a moment ago is one of which is told.",
  },
  {
    file: "session/durable-cells.ts",
    line: "written === undefined ||",
    change:
      "written === undefined || written.then( () => true, () => fal … → written.then( () => true, () => false, )",
    why: "A cell that has yielded has a journal.",
  },
  {
    file: "session/durable-cells.ts",
    line: 'told.journal?.push({ kind: "told", output, logs });',
    change:
      'told.journal?.push({ kind: "told", output, logs }) → told.journal.push({ kind: "told", output, logs })',
    why: "A cell that yields has a journal.",
  },
  {
    file: "session/session.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a line of a source.
    line: "`The requestId ${JSON.stringify(options?.requestId)} ${began}; give each request an id of its own, or wait for that cell.`,",
    change: "options?.requestId → options.requestId",
    why: "The id of a request is one of its options.",
  },
  {
    file: "session/code-mode.ts",
    line: "if (found.length === 0 && after !== undefined) {",
    change: "found.length === 0 && after !== undefined → after !== undefined",
    why: "A question after which there are others is in the store.",
  },
  {
    file: "session/code-mode.ts",
    line: 'if (typeof value !== "object" || value === null) return value;',
    change: 'typeof value !== "object" || value === null → typeof value !== "object"',
    why: "Stats have no null.",
  },
  {
    file: "session/session.ts",
    line: "const [begun] = await Promise.all([this.#durable?.begun(id), this.#cells.load()]);",
    change: "this.#durable?.begun(id) → this.#durable.begun(id)",
    why: "Only where a store keeps the cells can there be a requestId.",
  },
  {
    file: "session/session-cells.ts",
    line: "if (reason !== undefined) cell.stop(reason);",
    change: "reason !== undefined → true",
    why: "To stop a cell that has ended, for no reason, changes nothing.",
  },
  {
    file: "session/session-cells.ts",
    line: "this.#cells.get(id)?.park();",
    change: "this.#cells.get(id)?.park() → this.#cells.get(id).park()",
    why: "A cell that is parked has not ended, so it can be asked for.",
  },
  {
    file: "session/reverts.ts",
    line: "await byName.get(call.tool)?.revert(call, contextOf(cell, call, signal));",
    change:
      "byName.get(call.tool)?.revert(call, contextOf(cell, call, si … → byName.get(call.tool).revert(call, contextOf(cell, call, sig …",
    why: "Nothing is reverted where a tool is missing.",
  },
  {
    file: "session/rehearsal.ts",
    line: "isParked: false,",
    change: "false → true",
    why: "The rehearsed cell has completed, whatever becomes of its thread.",
  },
];
