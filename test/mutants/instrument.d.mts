import type { Mutant } from "./find-mutants.mjs";

/** For tests, which are TypeScript; instrument.mjs documents it. */
export function instrument(
  code: string,
  mutants: readonly Mutant[],
  first: number,
  switchPath: string,
): string;
