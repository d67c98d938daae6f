import type { TestProcess } from "./test-process.mjs";

/** For tests, which are TypeScript; confirm.mjs documents it. */
export function confirm(
  process: TestProcess,
  mutant: number,
  reached: {
    readonly file: string;
    readonly ids: readonly string[];
    readonly ms: number;
    readonly longestMs: number;
  },
  patience: number,
): Promise<{ readonly state: "noticed" | "hung" | "unnoticed"; readonly by?: string } | undefined>;
