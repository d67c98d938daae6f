import { existsSync, writeFileSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import type { JournalEntry } from "../../journal/entry.js";
import { type SessionContext, tellFailure } from "../open-session.js";
import { UsageError } from "../usage-error.js";
import { besides, cannotWrite, readCells } from "./files.js";

/**
 * Writes a test that replays the cells of a file.
 *
 * @returns The exit code.
 */
export async function writeTest(
  file: string,
  options: { readonly out?: string; readonly force?: boolean },
  context: SessionContext,
): Promise<number> {
  try {
    const cells = readCells(file);
    const out = options.out ?? besides(file, ".test.mjs");
    if (existsSync(out) && options.force !== true) {
      throw new UsageError(`${out} exists; --force replaces it`);
    }
    const journal = relative(dirname(resolve(out)), resolve(file));
    try {
      writeFileSync(out, testText(journal, cells));
    } catch (error) {
      throw cannotWrite(out, error);
    }
    context.terminal.note(`The test is in ${out}. Run it with: npx vitest run ${out}`);
    return 0;
  } catch (error) {
    return tellFailure(error, context).exitCode;
  }
}

function testText(journal: string, cells: readonly (readonly JournalEntry[])[]): string {
  const name = basename(journal);
  const ids = cells.flatMap(([first]) =>
    first === undefined ? [] : [{ sessionId: first.sessionId, cellId: first.cellId }],
  );
  return `// Written by codecell test. It replays ${JSON.stringify(name)}: no tool is called.
import { readFileSync } from "node:fs";
import { createCodeMode, readJournal } from "codecell";
import { expect, test } from "vitest";

const file = new URL(${JSON.stringify(journal.split("/").map(encodeURIComponent).join("/"))}, import.meta.url);
const entries = readJournal(readFileSync(file, "utf8"));

test.each(${JSON.stringify(ids)})("cell $cellId of ${name.replace(/[^\w. -]/g, "_")} does what was recorded", async ({ sessionId, cellId }) => {
  const codeMode = createCodeMode();
  try {
    const cell = entries.filter((entry) => entry.sessionId === sessionId && entry.cellId === cellId);
    const report = await codeMode.replay(cell);
    expect(report.divergence).toBeUndefined();
    expect(report.status).toBe("same");
  } finally {
    await codeMode.close();
  }
});
`;
}
