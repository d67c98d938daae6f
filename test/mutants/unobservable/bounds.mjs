/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofBounds = [
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
    file: "bounds/cell-slot.ts",
    line: 'if (!this.#slots.enter() && (await this.#slots.wait(undefined, false)) !== "entered") return;',
    change:
      '!this.#slots.enter() && (await this.#slots.wait(undefined, f … → (await this.#slots.wait(undefined, false)) !== "entered"',
    why: "Who waits where a slot is free has it at once.",
  },
];
