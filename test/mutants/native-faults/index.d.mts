/** For tests, which are TypeScript; index.mjs documents it. */
export interface NativeFault {
  readonly fault: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly tests: readonly string[];
  readonly hiddenBy?: string;
}

export const nativeFaults: readonly NativeFault[];
