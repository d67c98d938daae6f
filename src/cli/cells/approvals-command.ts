import { Argument, type Command } from "commander";
import { colorOption, sealKeysOption } from "../arguments.js";
import { runInContext } from "../run-in-context.js";
import { storeHelp } from "../store-names.js";
import type { ApprovalsAction, ApprovalsOptions } from "./approvals.js";

const help = `
A tool call of a cell that codecell run --store runs, or that durability in a program keeps, may need approval.
The question stays in the store until a person or an onApproval handler answers it.
  list         the open questions, the oldest first; with --all also the answered ones, with the answers
  approve ID   the tool runs; --input runs it with another input
  deny ID      the call is rejected; the cell reads --note

The first answer counts. All three also work while another process runs the cells: it goes on by itself. If none
does, codecell cells resume lets the cell go on.

Exit codes:
  0    done
  1    the store cannot be used; the question has an answer already; the cell has ended
  2    wrong use: arguments, the store has no such question

Examples:
  codecell run refund.js --config mcp.json --ask '*' --approve ask --store cells.db
  codecell approvals list --store cells.db
  codecell approvals approve 3f2a --store cells.db --note "checked the invoice"
  codecell approvals deny 3f2a --store cells.db --note "not before Monday"
`;

const actions: readonly ApprovalsAction[] = ["list", "approve", "deny"];

/** Adds `codecell approvals`. */
export function addApprovalsCommand(program: Command): void {
  program
    .command("approvals")
    .summary("answer questions about tool calls of cells in a store")
    .description(
      "Lists the tool calls of stored cells that wait for approval, and approves or denies them.",
    )
    .addArgument(new Argument("<action>", "what to do").choices([...actions]))
    .argument("[id]", "the id of a question, or the beginning that no other has")
    .requiredOption("--store <file>", `the store with the cells: ${storeHelp}`)
    .addOption(sealKeysOption())
    .option("--session <id>", "only the questions of this session")
    .option("--all", "list also the questions that are answered, or whose cells have ended")
    .option("--note <text>", "why; it is kept, and the cell reads it where the call is denied")
    .option("--by <name>", "who decides; it is kept (default: the name of the user)")
    .option("--input <json>", "run the tool with this input instead of the cell's")
    .option("--json", "print JSON instead")
    .addOption(colorOption())
    .addHelpText("after", help)
    .action(
      async (
        action: ApprovalsAction,
        id: string | undefined,
        options: ApprovalsOptions & { readonly color: boolean },
      ) => {
        const { color, json = false } = options;
        await runInContext(
          { color, hasOwnOutput: json, tellsInterruption: false },
          async (context) => {
            const { approvals } = await import("./approvals.js");
            return approvals(action, id, options, context);
          },
        );
      },
    );
}
