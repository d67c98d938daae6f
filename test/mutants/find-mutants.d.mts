/** For tests, which are TypeScript; find-mutants.mjs documents it. */
export interface Mutant {
  readonly start: number;
  readonly end: number;
  readonly text: string | undefined;
  readonly line: number;
  readonly lineText: string;
  readonly change: string;
}

export function findMutants(typescript: string): {
  readonly code: string;
  readonly mutants: readonly Mutant[];
};
