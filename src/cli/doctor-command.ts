import type { Command } from "commander";
import { toMs } from "./arguments.js";
import type { DoctorOptions } from "./doctor/doctor.js";

const help = `
It looks at this Node and this platform, loads the native addon and runs cells, in a process of its own;
looks at flags and limits that disturb cells; and starts each server of the config, if there is one.

Each check is one line: ✓ is fine, ! is a warning, ✗ a problem; what to do about the latter two stands
below, after an arrow. Findings go to standard output.

Exit codes:
  0    no problem; there may be warnings
  1    a problem
  2    wrong use: arguments
  130  interrupted by Ctrl-C (143 by SIGTERM); the servers have been ended

Examples:
  codecell doctor
  codecell doctor --config mcp.json
  codecell doctor --config mcp.json --start-timeout 5000
  codecell doctor --json | jq '.checks[] | select(.status != "ok")'
`;

/** Adds `codecell doctor`. */
export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .summary("tell what is wrong with this install, and how to mend it")
    .description("Tells what is wrong with this install, if anything is, and how to mend it.")
    .option("-c, --config <file>", "start the MCP servers this file names too")
    .option("--json", "print one JSON document with the checks instead")
    .option("--start-timeout <ms>", "give up a server that is not ready by then", toMs)
    .option("--no-color", "no colour; so does the variable NO_COLOR")
    .addHelpText("after", help)
    .action(doctorCommand);
}

async function doctorCommand(
  options: DoctorOptions & { readonly json?: boolean; readonly color: boolean },
): Promise<void> {
  const [{ doctor }, { exitCodeOf, jsonReport, textReport }, terminals, { Interrupt }] =
    await Promise.all([
      import("./doctor/doctor.js"),
      import("./doctor/report.js"),
      import("./terminal.js"),
      import("./interrupt.js"),
    ]);
  const terminal = terminals.openTerminal({
    color: options.color,
    onOutputClosed: (exitCode) => {
      interrupt.closeOutput(exitCode);
      process.exitCode = exitCode;
    },
  });
  using interrupt = new Interrupt(() => {});
  const report = await doctor(options, {
    signal: interrupt.signal,
    onProgress: (text) => {
      if (terminal.isErrorTty) terminal.note(terminal.style.dim(text));
    },
  });
  if (interrupt.exitCode !== undefined) {
    // What was interrupted looks like what is broken.
    process.exitCode = interrupt.exitCode;
    return;
  }
  process.exitCode = exitCodeOf(report);
  if (options.json) terminal.result(jsonReport(report));
  else terminal.page(textReport(report, terminal.pageStyle));
}
