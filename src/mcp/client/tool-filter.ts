import { fitsPattern } from "./name-pattern.js";

/** Which of a server's tools are offered, by their names as the server lists them. */
export interface ToolFilter {
  /** Names or patterns, in which `*` stands for any characters and `?` for one; default: all tools. */
  readonly enabledTools?: readonly string[] | undefined;
  /** Names or patterns of tools that are left out, also of those in `enabledTools`. */
  readonly disabledTools?: readonly string[] | undefined;
}

/** Filters one list, and knows which patterns have matched nothing. */
export class FilteredNames {
  readonly #enabled: readonly Pattern[] | undefined;
  readonly #disabled: readonly Pattern[];

  constructor({ enabledTools, disabledTools }: ToolFilter) {
    this.#enabled = enabledTools?.map(toPattern);
    this.#disabled = disabledTools?.map(toPattern) ?? [];
  }

  has(name: string): boolean {
    const isEnabled = this.#enabled === undefined || fitsAny(this.#enabled, name);
    return !fitsAny(this.#disabled, name) && isEnabled;
  }

  /** The patterns that have fitted no name yet. */
  get unused(): readonly string[] {
    const patterns = [...(this.#enabled ?? []), ...this.#disabled];
    return patterns.filter(({ isUsed }) => !isUsed).map(({ text }) => text);
  }
}

interface Pattern {
  readonly text: string;
  isUsed: boolean;
}

function toPattern(text: string): Pattern {
  return { text, isUsed: false };
}

function fitsAny(patterns: readonly Pattern[], name: string): boolean {
  const fitting = patterns.filter(({ text }) => fitsPattern(name, text));
  for (const pattern of fitting) pattern.isUsed = true;
  return fitting.length > 0;
}
