import type { Command } from "commander";
import { Option } from "commander";
import type { BuildOptions } from "../build/build-addon.js";
import { toCount } from "./arguments.js";

const help = `
It needs a C++20 compiler, and cmake or npm's node-gyp (with Python 3 and make). The sources are those of the
package @codecell/source, which is fetched if it is not installed. The addon's file goes to standard output.

Exit codes:
  0  built, and a cell has run with it
  1  not built; the error says why
  2  wrong use: arguments

Examples:
  codecell build
  codecell build --tool node-gyp --out /opt/codecell.node
`;

/** Adds `codecell build`. */
export function addBuildCommand(program: Command): void {
  program
    .command("build")
    .summary("compile the native addon where there is no prebuilt one")
    .description("Compiles the native addon for this Node, where there is no prebuilt one.")
    .addOption(
      new Option("--tool <name>", "what builds it; default: cmake if it can").choices([
        "cmake",
        "node-gyp",
      ]),
    )
    .option("--nodedir <dir>", "the folder with include/node of this Node")
    .option("--jobs <n>", "compilers at a time; default: one for each processor", toCount)
    .option("--out <file>", "write the addon there, for CODECELL_ADDON")
    .addHelpText("after", help)
    .action(async (options: BuildOptions) => {
      const { runBuild } = await import("../build/build-command.js");
      process.exitCode = runBuild(options);
    });
}
