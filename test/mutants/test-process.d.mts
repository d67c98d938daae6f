/** For tests, which are TypeScript; test-process.mjs and worker.mjs document it. */
export class TestProcess {
  constructor(folder?: string);
  run(
    run: {
      readonly environment: Readonly<Record<string, string>>;
      readonly tests: readonly { readonly file: string; readonly ids?: readonly string[] }[];
      readonly testMs: number;
      readonly workers: number;
      readonly stopsAtFailure: boolean;
    },
    patienceMs?: number,
  ): Promise<
    | "hung"
    | {
        readonly tests: readonly {
          readonly file: string;
          readonly id: string;
          readonly name: string;
          readonly state: string;
          readonly ms: number;
        }[];
        /** Not there where all went well. */
        readonly failure?: string;
      }
  >;
  close(): void;
}
