import { createCodeMode, type JournalEntry } from "../../src/index.js";

/** The journal of a cell that does not end when it is run again. */
export async function endlessJournal(): Promise<readonly JournalEntry[]> {
  await using codeMode = createCodeMode({ record: true });
  const session = codeMode.openSession();
  const { cellId } = await session.exec("", { yieldAfterMs: Number.POSITIVE_INFINITY });
  return session
    .journal(cellId)
    .map((entry) => (entry.kind === "opened" ? { ...entry, source: "for (;;);" } : entry));
}
