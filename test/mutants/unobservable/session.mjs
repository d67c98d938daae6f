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
];
