import { readApproval } from "../../durable/decisions.js";
import { readEntries } from "../../durable/kept-cell.js";
import type { ResumptionRecord } from "../../durable/records.js";
import type { JournalEntry } from "../../journal/entry.js";
import { journalLine } from "../../journal/read-journal.js";
import type { DurableStore, StoredCell } from "../../sqlite.js";
import { count, jsonText, oneLine, visible } from "../format.js";
import { type SessionContext, tellFailure } from "../open-session.js";
import { openStore } from "../open-store.js";
import { shownStore } from "../store-names.js";
import { UsageError } from "../usage-error.js";
import { type CellsAction, type CellsOptions, everything } from "./cells-options.js";
import { describeApproval } from "./describe-approval.js";
import { rekey } from "./rekey.js";
import { resumeCell } from "./resume-cell.js";

const maxShown = 200;

/**
 * Does one thing with the cells of a store.
 *
 * @returns The exit code.
 */
export async function cells(
  action: CellsAction,
  name: string | undefined,
  options: CellsOptions,
  context: SessionContext,
): Promise<number> {
  if (action === "rekey") return rekey(name, options, context);
  const readOnly = action === "list" || action === "show" || action === "journal";
  try {
    const store = await openStore(options, { readOnly });
    await using _ = { [Symbol.asyncDispose]: () => store.close() };
    if (action === "list") return await list(store, options, context);
    const { session } = options;
    if (action === "forget" && name === undefined && session !== undefined) {
      return await forgetSession(store, session, context);
    }
    return await withCell(action, store, await findCell(store, name, options), options, context);
  } catch (error) {
    return tellFailure(error, context).exitCode;
  }
}

async function withCell(
  action: Exclude<CellsAction, "list" | "rekey">,
  store: DurableStore,
  cell: StoredCell,
  options: CellsOptions,
  context: SessionContext,
): Promise<number> {
  switch (action) {
    case "show":
      return show(store, cell, options, context);
    case "journal":
      for (const entry of await readEntries(store, cell)) {
        context.terminal.result(journalLine(entry));
      }
      return 0;
    case "forget":
      return forget(store, cell, context);
    case "resume":
      return resumeCell(store, cell, options, context);
  }
}

async function list(
  store: DurableStore,
  { session, json }: CellsOptions,
  { terminal }: SessionContext,
): Promise<number> {
  const found = await store.cells({ sessionId: session, limit: everything });
  if (json) {
    terminal.result(jsonText({ cells: found }));
    return 0;
  }
  const open = new Map<string, number>();
  for (const { cellId } of await store.approvals({
    sessionId: session,
    isOpen: true,
    limit: everything,
  })) {
    open.set(cellId, (open.get(cellId) ?? 0) + 1);
  }
  for (const cell of found) {
    const questions = open.get(cell.cellId);
    const waits = questions === undefined ? "" : `, ${count(questions, "open question")}`;
    terminal.result(`${lineOf(cell)}${waits}\n`);
  }
  terminal.note(count(found.length, "cell"));
  return 0;
}

async function show(
  store: DurableStore,
  cell: StoredCell,
  { json }: CellsOptions,
  { terminal }: SessionContext,
): Promise<number> {
  const reverts: { readonly seq: number; readonly record: ResumptionRecord }[] = [];
  const entries = await readEntries(store, cell, (record, seq) => {
    if (record.kind === "reverting" || record.kind === "reverted") reverts.push({ seq, record });
  });
  const stored = await store.approvals({ cellId: cell.cellId, limit: everything });
  if (json) {
    const approvals = stored.map(readApproval);
    const reverted = reverts.map(({ seq, record }) => ({ seq, ...record }));
    terminal.result(jsonText({ ...cell, journal: entries, approvals, reverts: reverted }));
    return 0;
  }
  const questions = stored.map((approval) => ({
    seq: approval.record.seq,
    lines: [describeApproval(readApproval(approval))],
  }));
  const lines = [
    ...entries.map((entry) => ({ seq: entry.seq, lines: describe(entry) })),
    ...questions,
    ...reverts.map(({ seq, record }) => ({ seq, lines: describeRevert(record) })),
  ]
    .sort((a, b) => a.seq - b.seq)
    .flatMap((part) => part.lines);
  terminal.result(`${[lineOf(cell), ...lines].join("\n")}\n`);
  return 0;
}

async function forget(
  store: DurableStore,
  { cellId }: StoredCell,
  { terminal }: SessionContext,
): Promise<number> {
  const deleted = await store.forget({ cellId });
  terminal.note(deleted === 1 ? `deleted ${cellId}` : `${cellId} runs, and was not deleted`);
  return deleted === 1 ? 0 : 1;
}

/** @returns 1 if something of it runs, and so is left. */
async function forgetSession(
  store: DurableStore,
  sessionId: string,
  { terminal }: SessionContext,
): Promise<number> {
  const deleted = await store.forget({ sessionId });
  const left = await store.cells({ sessionId, limit: 1 });
  terminal.note(`deleted ${count(deleted, "cell")} and the stored values of ${visible(sessionId)}`);
  if (left.length > 0) terminal.note("cells of it that run were not deleted");
  return left.length === 0 ? 0 : 1;
}

/** By its id, or by a beginning that only one cell has. */
async function findCell(
  store: DurableStore,
  name: string | undefined,
  { session, store: file }: CellsOptions,
): Promise<StoredCell> {
  if (name === undefined)
    throw new UsageError("Say which cell: codecell cells list has their ids.");
  const known = await store.find(name);
  if (known !== undefined) return known;
  const all = await store.cells({ sessionId: session, limit: everything });
  const found = all.filter(({ cellId }) => cellId.startsWith(name));
  const [first, second] = found;
  if (first === undefined) {
    throw new UsageError(
      `The store ${visible(shownStore(file))} has no cell ${visible(name)}; codecell cells list has their ids.`,
    );
  }
  if (second === undefined) return first;
  throw new UsageError(
    `${count(found.length, "cell")} of the store ${visible(shownStore(file))} have an id that begins with ${visible(name)}; give more of it.`,
  );
}

function lineOf({ cellId, status, sessionId, createdAt, records }: StoredCell): string {
  const at = new Date(createdAt).toISOString();
  const age = status === "open" ? ` (${ageOf(createdAt)})` : "";
  return `${visible(cellId)}  ${visible(status).padEnd(10)}  ${at}${age}  ${count(records, "record")}  session ${visible(sessionId)}`;
}

/** For how long it has been open, in the largest unit of which there is one. */
function ageOf(createdAt: number): string {
  const minutes = Math.max(0, Math.floor((Date.now() - createdAt) / 60_000));
  if (minutes < 60) return `open for ${count(minutes, "minute")}`;
  const hours = Math.floor(minutes / 60);
  return `open for ${hours < 24 ? count(hours, "hour") : count(Math.floor(hours / 24), "day")}`;
}

function describeRevert(record: ResumptionRecord): readonly string[] {
  switch (record.kind) {
    case "reverting":
      return [`⇐ #${record.call} is reverted${record.attempt > 1 ? " again" : ""}`];
    case "reverted":
      return [
        `⇐ #${record.call} ${record.ok ? "reverted" : `not reverted: ${oneLine(record.error, maxShown)}`}`,
      ];
    default:
      return [];
  }
}

function describe(entry: JournalEntry): readonly string[] {
  switch (entry.kind) {
    case "opened":
      return ["", visible(entry.source.trimEnd()), ""];
    case "call":
      return [`→ ${visible(entry.tool)} #${entry.call} ${oneLine(entry.input, maxShown)}`];
    case "settled":
      return [`← #${entry.call} ${entry.ok ? "" : "failed: "}${oneLine(entry.value, maxShown)}`];
    case "out":
      return [entry.item.type === "text" ? visible(entry.item.text) : `[${entry.item.type}]`];
    case "notify":
      return [`notify: ${oneLine(entry.text, maxShown)}`];
    case "ended":
      return [
        `ended: ${visible(entry.status)}${entry.error === undefined ? "" : `: ${visible(entry.error.text)}`}`,
      ];
    default:
      return [];
  }
}
