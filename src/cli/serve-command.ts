import { type Command, Option } from "commander";
import {
  collect,
  colorOption,
  readWith,
  sealKeysOption,
  toCount,
  toLimits,
  toMs,
} from "./arguments.js";
import { runInContext } from "./run-in-context.js";
import type { KeyOptions } from "./serve/key.js";
import { readServeAddress } from "./serve/read-serve-address.js";
import type { ServeOptions } from "./serve/serve-options.js";
import { storeHelp } from "./store-names.js";

const help = `
Programs run in cells of the server, over HTTP and MCP, each in a process of its own. Each cell is kept in the store
while it runs: if the server ends, also by kill -9, it goes on when it is waited for. Clients have keys, which say
whose they are: nobody sees the cells of another tenant. docs/serve.md has the API and the config; the server
itself has /openapi.json.

Without keys and tokens in the config everybody on this machine may do everything, as the tenant default. Then it
listens only at an address of this machine.

Many servers may share a PostgreSQL, behind any load balancer: each answers for all cells. A cell whose server is gone
goes on at another. To ask each other they need the same --cluster-secret.

SIGTERM: the server takes no new cells, waits --drain for those that run, and leaves in the store what has not ended.

Exit codes:
  0    SIGTERM has ended the server
  1    it cannot listen at the address, or cannot use the store
  2    wrong use: arguments, config
  130  interrupted by Ctrl-C

Examples:
  codecell serve --store cells.db
  codecell serve key --tenant acme --scope run --scope approve
  codecell serve --store postgres://db/cells --listen 0.0.0.0:8080 --config serve.json
  codecell serve --store postgres://db/cells --listen 10.0.0.7:8080 --config serve.json --cluster-secret secret.txt
  codecell serve --store cells.db --listen 0.0.0.0:8443 --config serve.json --tls-cert cert.pem --tls-key key.pem
`;

/** Says what --store does, out of sight of those who can list processes. */
const storeVariable = "CODECELL_STORE";

/** Adds `codecell serve`. */
export function addServeCommand(program: Command): void {
  const command = program
    .command("serve")
    .summary("run cells of many tenants as a service, over HTTP and MCP")
    .description("Runs cells of many tenants as a service, over HTTP and MCP, kept in a store.");
  command
    .option(
      "--store <file>",
      `where the cells are kept: ${storeHelp}; the variable ${storeVariable} does the same`,
    )
    .addOption(sealKeysOption())
    .addOption(
      new Option("-l, --listen <address>", "HOST:PORT; port 0 takes a free port")
        .default({ host: "127.0.0.1", port: 8080 }, "127.0.0.1:8080")
        .argParser(readWith(readServeAddress)),
    )
    .option("-c, --config <file>", "file with the keys, the tenants and the tools")
    .addOption(
      new Option("--isolation <where>", "where cells run")
        .choices(["process", "thread"])
        .default("process"),
    )
    .option(
      "--allow-origin <host>",
      "also accept requests of web pages from this host; may be repeated",
      collect,
    )
    .option("--tls-cert <file>", "serve HTTPS with this certificate, in PEM")
    .option("--tls-key <file>", "the private key of the certificate, in PEM")
    .option("--limit <name=value>", "set a limit, such as cpuMs=600000; may be repeated", toLimits)
    .addOption(
      new Option(
        "--max-yield-after <ms>",
        "the longest time until an answer, whatever a client asks for",
      )
        .default(240_000)
        .argParser(toMs),
    )
    .addOption(
      new Option("--drain <ms>", "how long cells may run on after SIGTERM")
        .default(10_000)
        .argParser(toMs),
    )
    .option(
      "--cluster-secret <file>",
      "file with what all servers of one PostgreSQL know, with which they ask each other (default: $CODECELL_CLUSTER_SECRET)",
    )
    .option(
      "--advertise <url>",
      "where the other servers reach this one (default: where it listens)",
    )
    .addOption(
      new Option(
        "--target-cells <n>",
        "cells after which the less busy of the servers get new ones",
      )
        .default(32)
        .argParser(toCount),
    )
    .option("--start-timeout <ms>", "how long to wait for an MCP server to be ready", toMs)
    .addOption(
      new Option(
        "--log <format>",
        "write a line for each request and each end of a cell, on standard error",
      ).choices(["json", "text"]),
    )
    .addOption(colorOption())
    .addHelpText("after", help)
    .action((options: ServeCommandOptions) => serveCommand(options));
  addKeyCommand(command);
}

type ServeCommandOptions = Omit<ServeOptions, "store"> & {
  readonly store?: string;
  readonly color: boolean;
};

async function serveCommand(options: ServeCommandOptions): Promise<void> {
  const { color, store = process.env[storeVariable], ...others } = options;
  await runInContext({ color, hasOwnOutput: true, showsProgress: true }, async (context) => {
    if (store === undefined || store === "") {
      context.terminal.note(
        `codecell: --store is missing, and so is ${storeVariable}: say where cells are kept, such as --store cells.db`,
      );
      return 2;
    }
    const { serve } = await import("./serve/serve.js");
    return serve({ ...others, store }, context);
  });
}

function addKeyCommand(parent: Command): void {
  parent
    .command("key")
    .summary("make a key for clients, and its entry in the config")
    .description(
      "Prints a new random key, which nobody else has, and the entry of the config that lets the server know it.",
    )
    .option("--id <id>", "what the key is called in logs and approvals (default: a random name)")
    .option("--tenant <tenant>", "whose key it is", "default")
    .addOption(
      new Option(
        "--scope <scope>",
        "what it allows: run, approve, read or admin; may be repeated",
      ).argParser((value, before: readonly string[] | undefined) => collect(value, before)),
    )
    .addOption(colorOption())
    .action(async (options: KeyOptions & { readonly color: boolean }) => {
      await runInContext({ color: options.color, hasOwnOutput: true }, async (context) => {
        const { printKey } = await import("./serve/key.js");
        return printKey(options, context);
      });
    });
}
