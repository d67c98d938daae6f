import type { Mutant } from "../find-mutants.mjs";

/** For tests, which are TypeScript; index.mjs documents it. */
export interface Unobservable {
  readonly file: string;
  readonly line: string;
  readonly change: string;
  readonly nth?: number;
  readonly why: string;
}

export const unobservable: readonly Unobservable[];

export function placeOf(mutants: readonly Mutant[], entry: Unobservable): number;

export function isUnobservable(
  source: { readonly path: string; readonly mutants: readonly Mutant[] },
  index: number,
): boolean;
