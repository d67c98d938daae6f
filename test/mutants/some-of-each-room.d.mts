import type { Mutant } from "./find-mutants.mjs";

interface Source {
  readonly path: string;
  readonly hash: string;
  readonly first: number;
  readonly mutants: readonly Mutant[];
}

export interface Sample {
  readonly room: string;
  readonly seed: string;
  readonly of: number;
}

/** For tests, which are TypeScript; some-of-each-room.mjs documents it. */
export function someOfEachRoom(
  sources: readonly Source[],
  wanted: number,
  seed: string,
): readonly {
  readonly picked: readonly { readonly source: Source; readonly indexes: readonly number[] }[];
  readonly sample: Sample;
}[];

export function intervalOf(
  noticed: number,
  mutants: number,
): { readonly low: number; readonly high: number };
