import { CodeModeError } from "../../base/errors.js";
import { readEntries } from "../../durable/kept-cell.js";
import { postgresStore } from "../../postgres.js";
import { type SealKeys, sealedStore } from "../../sqlite.js";
import { count, oneLine } from "../format.js";
import { type Check, ok, problem } from "./check.js";

/** Cells whose journals are read, the newest first: a database may have millions. */
const maxCells = 100;
/** Records that are read at most. */
const maxRecords = 100_000;

/**
 * Whether the database answers, what lies in it unfinished, and whether the newest journals can be read. Other processes may
 * run what has not ended.
 *
 * @param keys - With which it is encrypted, if they were given.
 */
export async function checkPostgres(url: string, keys?: SealKeys): Promise<readonly Check[]> {
  const plain = postgresStore(url, { readOnly: true });
  const store = keys === undefined ? plain : sealedStore(plain, keys);
  try {
    const open = await store.cells({ state: "open", limit: 1001 });
    const number = open.length > 1000 ? "more than 1000" : String(open.length);
    const answers = ok("store", `PostgreSQL answers; ${number} cells have not ended`);
    return [answers, await checkJournals(store)];
  } catch (error) {
    return [problem("store", oneLine(messageOf(error), 600), remedyOf(error))];
  } finally {
    await store.close();
  }
}

async function checkJournals(store: ReturnType<typeof postgresStore>): Promise<Check> {
  const name = "store content";
  const damaged: string[] = [];
  let read = 0;
  let records = 0;
  for (const cell of await store.cells({ limit: maxCells })) {
    records += cell.records;
    if (records > maxRecords && read > 0) break;
    read += 1;
    try {
      await readEntries(store, cell);
    } catch (error) {
      if (!(error instanceof CodeModeError)) throw error;
      if (error.code === "ERR_STORE_KEY") {
        const remedy = "Give the keys that it was sealed with, with --seal-keys.";
        return problem("store seal", oneLine(error.message, 600), remedy);
      }
      if (error.code !== "ERR_INVALID_JOURNAL") throw error;
      damaged.push(cell.cellId);
    }
  }
  if (damaged.length > 0) {
    const finding = `damaged journals: ${damaged.join(", ")}`;
    return problem(
      name,
      oneLine(finding, 600),
      "These cells cannot go on; codecell cells forget CELL deletes one.",
    );
  }
  if (read === 0) return ok(name, "nothing is in it yet");
  return ok(name, `the journals of the newest ${count(read, "cell")} are whole`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function remedyOf(error: unknown): string {
  if (error instanceof CodeModeError && error.code === "ERR_PACKAGE_MISSING") {
    return "Install the package that is named.";
  }
  return "Look whether the address is right, the database runs, and the user may read the schema codecell.";
}
