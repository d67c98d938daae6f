import { readEntries } from "../../durable/kept-cell.js";
import { explainOutcome } from "../../model/explain.js";
import type { EndedOutcome } from "../../protocol/outcome.js";
import type { DurableStore, StoredCell } from "../../sqlite.js";
import { LineQuestioner } from "../approve/line-questioner.js";
import { closeOnAbort, followToEnd } from "../follow-cell.js";
import { count, jsonText, visible } from "../format.js";
import { MediaKeeper } from "../media-keeper.js";
import { type SessionContext, useSession } from "../open-session.js";
import { UsageError } from "../usage-error.js";
import type { CellsOptions } from "./cells-options.js";

/** Names of missing tools that are shown. */
const maxShown = 5;

/**
 * Lets a cell go on, and shows what it does and all that it has output.
 *
 * @returns The exit code.
 */
export async function resumeCell(
  store: DurableStore,
  cell: StoredCell,
  options: CellsOptions,
  context: SessionContext,
): Promise<number> {
  const { cellId, sessionId } = cell;
  const { report, terminal, interrupt } = context;
  const media = new MediaKeeper("cell", { ...options, ...context });
  const used = {
    ...options,
    durable: { store, opened: options, sessionId },
    onCellEvent: (event: Parameters<typeof report.cellEvent>[0]) => {
      // What it output is shown from its outcome, which also has what came before.
      if (event.type !== "output") report.cellEvent(event);
    },
  };
  return useSession(used, context, async (session, approver) => {
    if (process.stdin.isTTY && process.stderr.isTTY) {
      approver.questioner = new LineQuestioner(terminal);
    }
    if (cell.status === "open" && options.withoutTools !== true) {
      checkTools(await toolsOf(store, cell), session.settings.tools.tools);
    }
    report.keepsCells = true;
    report.cellStarts(cellId);
    using _ = closeOnAbort(session, interrupt.signal);
    const outcome = await followToEnd(session, await session.wait(cellId, { after: 0 }), {
      yieldAfterMs: options.yieldAfter,
      signal: interrupt.signal,
    });
    const explained = explainOutcome(outcome, session.settings.tools.tools) as EndedOutcome;
    if (options.json) terminal.result(jsonText(explained));
    else {
      for (const item of outcome.output) {
        media.take(item);
        if (item.type === "text") terminal.result(`${item.text}\n`);
      }
    }
    report.cellEnds(cellId, explained);
    return interrupt.exitCode ?? (outcome.status === "completed" ? 0 : 1);
  });
}

/** The names of the tools with which a cell began. */
async function toolsOf(store: DurableStore, cell: StoredCell): Promise<readonly string[]> {
  const [opened] = await readEntries(store, cell);
  return opened?.kind === "opened" ? opened.tools.map(({ name }) => name) : [];
}

/**
 * A cell whose tools are not there would go on with rejected calls, and end for good.
 *
 * @throws {UsageError} If a tool is missing.
 */
function checkTools(had: readonly string[], tools: readonly { readonly name: string }[]): void {
  const names = new Set(tools.map(({ name }) => name));
  const missing = had.filter((name) => !names.has(name));
  if (missing.length === 0) return;
  const shown = missing.slice(0, maxShown).map(visible).join(", ");
  const more = missing.length > maxShown ? ` and ${missing.length - maxShown} more` : "";
  throw new UsageError(
    `${count(missing.length, "tool")} with which the cell began would be missing: ${shown}${more}. ` +
      "Give the --config with which it was run; with --without-tools it goes on, and its calls of them are rejected.",
  );
}
