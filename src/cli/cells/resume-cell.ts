import { explainOutcome } from "../../model/explain.js";
import type { EndedOutcome } from "../../protocol/outcome.js";
import type { DurableStore, StoredCell } from "../../sqlite.js";
import { LineQuestioner } from "../approve/line-questioner.js";
import { closeOnAbort, followToEnd } from "../follow-cell.js";
import { jsonText } from "../format.js";
import { MediaKeeper } from "../media-keeper.js";
import { type SessionContext, useSession } from "../open-session.js";
import type { CellsOptions } from "./cells-options.js";

/**
 * Lets a cell go on, and shows what it does and all that it has output.
 *
 * @returns The exit code.
 */
export async function resumeCell(
  store: DurableStore,
  { cellId, sessionId }: StoredCell,
  options: CellsOptions,
  context: SessionContext,
): Promise<number> {
  const { report, terminal, interrupt } = context;
  const media = new MediaKeeper("cell", { ...options, ...context });
  const used = {
    ...options,
    durable: { store, file: options.store, sessionId },
    onCellEvent: (event: Parameters<typeof report.cellEvent>[0]) => {
      // What it output is shown from its outcome, which also has what came before.
      if (event.type !== "output") report.cellEvent(event);
    },
  };
  return useSession(used, context, async (session, approver) => {
    if (process.stdin.isTTY && process.stderr.isTTY) {
      approver.questioner = new LineQuestioner(terminal);
    }
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
