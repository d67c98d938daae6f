import { type Command, Option } from "commander";
import { colorOption, readWith, toLimits } from "./arguments.js";
import { type HostAddress, readHostAddress } from "./host/host-address.js";
import type { HostCommandOptions } from "./host/host-options.js";
import { runInContext } from "./run-in-context.js";

const help = `
The Codex CLI runs its code mode in a process beside its own executable. With --install, codecell makes a
folder that has the executable of Codex and, in the place of that process, itself:

  codecell host --install ~/.codecell/codex
  ~/.codecell/codex/bin/codex

Codex itself is not changed; to undo it, remove the folder. The other options given with --install
are those that the host is started with.

Exit codes:
  0  Codex has left, a signal has ended the host, or the folder is made
  1  codecell cannot listen at the address, or cannot make the folder
  2  wrong use

Examples:
  codecell host --install ~/.codecell/codex --limit heapBytes=268435456
  codecell host --listen grpc://127.0.0.1:0
`;

/** Adds `codecell host`. */
export function addHostCommand(program: Command): void {
  program
    .command("host")
    .summary("run the programs of the Codex CLI, in place of its own host")
    .description("Runs the programs of the Codex CLI's code mode, in place of its own host.")
    .addOption(
      new Option("-l, --listen <address>", '"stdio://", "grpc+stdio://", or grpc://IP:PORT')
        .default({ wire: "framed", at: "stdio" } satisfies HostAddress, "stdio://")
        .argParser(readWith(readHostAddress)),
    )
    .option("--install <directory>", "make a folder in which codex runs its programs on codecell")
    .option("--codex <file>", "with --install: the executable of codex (default: the one in PATH)")
    .option("--limit <name=value>", "set a limit, such as cpuMs=600000; may be repeated", toLimits)
    .addOption(
      new Option(
        "--deadlock <what>",
        'what happens to a program that waits for what can never come: "fail" or "wait"',
      )
        .choices(["fail", "wait"])
        .default("fail"),
    )
    .addOption(
      new Option(
        "--dialect <name>",
        '"strict" reads programs as Codex does, "lenient" also as models write them',
      )
        .choices(["strict", "lenient"])
        .default("strict"),
    )
    .addOption(
      new Option(
        "--isolation <where>",
        'run each program on a "thread" of the host, or in a "process" of its own',
      )
        .choices(["thread", "process"])
        .default("thread"),
    )
    .option("--no-web-globals", "give programs no URL, TextEncoder, structuredClone and the like")
    .addOption(colorOption())
    .addHelpText("after", help)
    .action(hostCommand);
}

async function hostCommand(
  options: HostCommandOptions & { readonly color: boolean },
): Promise<void> {
  const { color, install } = options;
  await runInContext({ color, hasOwnOutput: true, showsProgress: false }, async (context) => {
    if (install !== undefined) {
      const { installHost } = await import("./host/install.js");
      return installHost(install, options, context.terminal);
    }
    const { serveHost } = await import("./host/serve-host.js");
    return serveHost(options, context);
  });
}
