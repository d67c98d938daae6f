import type { Declared } from "./declared.js";

/** What an entry gets of those before it, and what of it is to be kept. */
export interface Surroundings {
  /** The names that are declared in front of the entry, with their declarations. */
  readonly before: readonly Declared[];
  /** The names whose values are to be kept when it has ended: its own, and those it may have changed. */
  readonly values: readonly string[];
}

/** What the entries so far have declared. */
export class KeptNames {
  readonly #names = new Map<string, Declared>();

  get names(): readonly string[] {
    return [...this.#names.keys()];
  }

  /** What an entry is to be run with: only what it, or a function it uses, mentions is declared again. */
  around(source: string, declared: readonly Declared[]): Surroundings {
    const own = new Set(declared.map(({ name }) => name));
    const wanted = new Set<string>();
    const open = [...wordsOf(source), ...own];
    for (let word = open.pop(); word !== undefined; word = open.pop()) {
      const known = this.#names.get(word);
      if (known === undefined || own.has(word) || wanted.has(word)) continue;
      wanted.add(word);
      if (known.kind === "code") open.push(...wordsOf(known.text));
    }
    const before = [...this.#names.values()].filter(({ name }) => wanted.has(name));
    const values = [...before, ...declared].filter(({ kind }) => kind === "value");
    return { before, values: [...new Set(values.map(({ name }) => name))] };
  }

  /**
   * Keeps what a completed entry has declared.
   *
   * @param saved - The names whose values have been stored.
   */
  take({ before }: Surroundings, declared: readonly Declared[], saved: readonly string[]): void {
    for (const name of declared) {
      // Those that build on others come after them.
      this.#names.delete(name.name);
      if (name.kind === "code" || saved.includes(name.name)) this.#names.set(name.name, name);
    }
    for (const { kind, name } of before) {
      if (kind === "value" && !saved.includes(name)) this.#names.delete(name);
    }
  }
}

/** What may be a name in a source; more than are. */
function wordsOf(source: string): ReadonlySet<string> {
  return new Set(source.match(/[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu));
}
