import { CodeModeError } from "../../base/errors.js";
import { examineStore, type StoreFacts } from "../../sqlite/examine-store.js";
import { type SealKeys, sealedStore, sqliteStore } from "../../sqlite.js";
import { shellWord } from "../completion/shell-word.js";
import { count, formatBytes, oneLine, visible } from "../format.js";
import { isPostgresUrl } from "../store-names.js";
import { type Check, ok, problem, warning } from "./check.js";
import { checkPostgres } from "./postgres-checks.js";
import { checkSeal } from "./seal-check.js";

/** With less, a cell with a large journal fills the disk. */
const minFreeBytes = 64 * 1024 * 1024;

/**
 * Whether the file of a store can be used, is whole, and what lies in it unfinished.
 *
 * @param keys - With which it is encrypted, if they were given.
 */
export async function checkStore(file: string, keys?: SealKeys): Promise<readonly Check[]> {
  if (isPostgresUrl(file)) return checkPostgres(file, keys);
  let facts: StoreFacts;
  try {
    facts = examineStore(file);
  } catch (error) {
    return [problem("store", oneLine(messageOf(error), 600), remedyOf(error))];
  }
  const sealed = keys && sealedStore(sqliteStore(file, { readOnly: true }), keys);
  await using _ = { [Symbol.asyncDispose]: async () => sealed?.close() };
  return [
    storeCheck(file, facts),
    wholeCheck(file, facts),
    diskCheck(facts),
    cellsCheck(file, facts),
    await checkSeal(facts, sealed),
  ];
}

function storeCheck(file: string, facts: StoreFacts): Check {
  const { version, newestVersion, openCells, endedCells, sessions, records } = facts;
  const log = facts.logBytes > 0 ? ` and ${formatBytes(facts.logBytes)} of log` : "";
  const used = facts.isInUse ? ", a process writes to it" : "";
  const has = `${count(openCells + endedCells, "cell")} of ${count(sessions, "session")}, ${count(records, "record")}`;
  const finding = `${file} is of version ${version} and has ${has}, ${formatBytes(facts.bytes)}${log}${used}`;
  if (version === newestVersion) return ok("store", finding);
  const remedy = `The next process that writes to it makes it version ${newestVersion}; an older codecell cannot read it then.`;
  return warning("store", finding, remedy);
}

function wholeCheck(file: string, { faults, damagedCells }: StoreFacts): Check {
  const name = "store content";
  const [fault] = faults;
  if (fault !== undefined) {
    return problem(
      name,
      oneLine(`SQLite finds ${count(faults.length, "fault")}: ${fault}`, 600),
      `Keep a copy, and use another file; codecell cells list --store ${typed(file)} shows which cells can be read.`,
    );
  }
  if (damagedCells.length === 0) return ok(name, "all journals are whole");
  return problem(
    name,
    oneLine(`damaged journals: ${damagedCells.join(", ")}`, 600),
    `These cells cannot go on; codecell cells forget CELL --store ${typed(file)} deletes one.`,
  );
}

function diskCheck({ freeBytes, networkDisk }: StoreFacts): Check {
  const name = "store disk";
  if (networkDisk !== undefined) {
    return problem(
      name,
      `the file is on a network disk (${networkDisk}), where two machines could write to it at once`,
      "Move it to a disk of this machine.",
    );
  }
  if (freeBytes === undefined) return ok(name, "the system does not say what is left on it");
  const finding = `${formatBytes(freeBytes)} left`;
  if (freeBytes >= minFreeBytes) return ok(name, finding);
  return warning(name, finding, "Cells fail where nothing more can be written; make room.");
}

function cellsCheck(file: string, { openCells, oldestOpen, isInUse }: StoreFacts): Check {
  const name = "store cells";
  if (openCells === 0 || oldestOpen === undefined) return ok(name, "all have ended");
  const since = `the oldest since ${new Date(oldestOpen).toISOString()}`;
  const finding = `${openCells} have not ended, ${since}`;
  if (isInUse) return ok(name, finding);
  return warning(
    name,
    `${finding}, and no process runs them`,
    `wait resumes a cell, as does codecell cells resume CELL --store ${typed(file)}; forget deletes it.`,
  );
}

/** A file as it is typed at a terminal. */
function typed(file: string): string {
  return visible(shellWord(file));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function remedyOf(error: unknown): string {
  if (error instanceof CodeModeError && error.code === "ERR_PACKAGE_MISSING") {
    return "Install one of these packages, or use a newer Node.";
  }
  const { code } = error as { readonly code?: unknown };
  if (code === "ENOENT") return "Name the file that sqliteStore or --store has made.";
  return "Give the store another file, or this one's user the right to read it.";
}
