/** For tests, which are TypeScript; late.mjs documents it. */
export function isLate(failedAfterMs: number, passedAfterMs: number): boolean;
