import { Argument, type Command } from "commander";
import { sealKeysOption } from "../arguments.js";
import { runInContext } from "../run-in-context.js";
import { addSessionOptions } from "../session-options.js";
import { storeHelp } from "../store-names.js";
import type { CellsAction, CellsOptions } from "./cells-options.js";

const help = `
The store is a file that codecell run --store, or sqliteStore in a program, has made, or a PostgreSQL.
  list           the cells, the newest first; --session shows those of one session
  show CELL      one cell: its source, its calls, its output, who approved what
  journal CELL   its journal, a line of JSON for each entry, for codecell replay and codecell timeline
  resume CELL    lets a cell that has not ended go on, with the tools of --config: it must have those with which the
                 cell began, or the cell stays as it is. --without-tools rejects calls of those that are missing
  forget CELL    deletes a cell that does not run; with --session and no CELL, all that a session has
  rekey          seals a file anew with the first key of --seal-keys; the others are not needed any more. If it is
                 interrupted, the next rekey does the rest

list, show and journal also work while another process uses the store.

Exit codes:
  0    done; of resume: the cell completed
  1    the store cannot be used; of resume: the cell failed
  2    wrong use: arguments, config, the store has no such cell
  130  interrupted by Ctrl-C (143 by SIGTERM); the cell stays in the store

Examples:
  codecell run refund.js --config mcp.json --store cells.db
  codecell cells list --store cells.db
  codecell cells resume 01a2… --store cells.db --config mcp.json
  codecell cells forget --store cells.db --session conversation-42
  codecell cells journal 01a2… --store cells.db > refund.cell && codecell replay refund.cell
`;

const actions: readonly CellsAction[] = ["list", "show", "journal", "resume", "forget", "rekey"];

/** Adds `codecell cells`. */
export function addCellsCommand(program: Command): void {
  const command = program
    .command("cells")
    .summary("look at the cells of a store, and let them go on")
    .description("Shows, resumes and deletes the cells of a store.")
    .addArgument(new Argument("<action>", "what to do").choices([...actions]))
    .argument("[cell]", "the id of a cell, or the beginning that no other has")
    .requiredOption("--store <file>", `the store with the cells: ${storeHelp}`)
    .addOption(sealKeysOption())
    .option("--session <id>", "only the cells of this session")
    .option("--json", "print JSON instead")
    .option("--without-tools", "resume a cell though tools that it had are missing");
  addSessionOptions(command)
    .addHelpText("after", help)
    .action(
      async (
        action: CellsAction,
        cell: string | undefined,
        options: CellsOptions & { readonly color: boolean },
      ) => {
        const { color, json = false } = options;
        const hasOwnOutput = json || action === "journal";
        await runInContext({ color, hasOwnOutput, tellsInterruption: false }, async (context) => {
          const { cells } = await import("./cells.js");
          return cells(action, cell, options, context);
        });
      },
    );
}
