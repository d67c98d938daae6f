import type { Command } from "commander";
import { colorOption, sealKeysOption, toMs } from "./arguments.js";
import type { DoctorOptions } from "./doctor/doctor.js";

const help = `
It checks this Node and this platform, loads the native addon and runs cells in a separate process,
checks flags and limits that affect cells, examines the store and starts each server of the config if you give one.

Each check is one line: ✓ means fine, ! a warning, ✗ a problem. For warnings and problems the next line
says what to do, after an arrow. All this goes to standard output.

Exit codes:
  0    no problem; there may be warnings
  1    a problem
  2    wrong use: arguments
  130  interrupted by Ctrl-C (143 by SIGTERM); the servers are stopped

Examples:
  codecell doctor
  codecell doctor --config mcp.json
  codecell doctor --config mcp.json --start-timeout 5000
  codecell doctor --store cells.db
  codecell doctor --json | jq '.checks[] | select(.status != "ok")'
`;

/** Adds `codecell doctor`. */
export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .summary("find what is wrong with this install, and say how to repair it")
    .description("Finds what is wrong with this install, and says how to repair it.")
    .option("-c, --config <file>", "also check the MCP servers in this file")
    .option("--store <file>", "also check this store of durable cells")
    .addOption(sealKeysOption())
    .option("--json", "print one JSON document with the checks instead")
    .option("--start-timeout <ms>", "how long to wait for a server to be ready", toMs)
    .addOption(colorOption())
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
