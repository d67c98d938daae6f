import type { SessionContext } from "./open-session.js";

export interface ContextOptions {
  readonly color: boolean;
  /** Standard output belongs to a document or a protocol. */
  readonly hasOwnOutput: boolean;
  /** Shows progress even without a terminal. Default: at a terminal, or if results are shown. */
  readonly showsProgress?: boolean;
  /** Says that the first interruption ends what runs. Default: false. */
  readonly tellsInterruption?: boolean;
}

/** Gives a command its terminal, its report and its interruption, and sets the exit code it ends with. */
export async function runInContext(
  options: ContextOptions,
  run: (context: SessionContext) => Promise<number>,
): Promise<void> {
  const [{ openTerminal }, { PromptTerminal }, { Report }, { Interrupt }] = await Promise.all([
    import("./terminal.js"),
    import("./prompt-terminal.js"),
    import("./report.js"),
    import("./interrupt.js"),
  ]);
  const terminal = new PromptTerminal(
    openTerminal({
      color: options.color,
      onOutputClosed: (exitCode) => {
        interrupt.closeOutput(exitCode);
        // The command may have ended, or be about to.
        if (exitCode === 1) failed = process.exitCode = exitCode;
      },
    }),
  );
  let failed: number | undefined;
  const report = new Report(terminal, {
    showsResults: !options.hasOwnOutput,
    showsProgress: options.showsProgress ?? (!options.hasOwnOutput || terminal.isErrorTty),
  });
  using interrupt = new Interrupt(() => {
    if (options.tellsInterruption) report.interrupted();
  });
  const exitCode = await run({ terminal, report, interrupt });
  process.exitCode = failed ?? exitCode;
}
