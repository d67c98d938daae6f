import { spawn } from "node:child_process";
import { once } from "node:events";
import { partFile } from "../../base/part-file.js";
import type { EmittedRecord, JournalEntry } from "../../journal/entry.js";
import type { ReplayReport } from "../../journal/replay.js";
import { count, jsonText, oneLine } from "../format.js";
import { type SessionContext, tellFailure } from "../open-session.js";
import { readCells } from "./files.js";

const maxShown = 300;

/**
 * Replays the cells of a file, one after another.
 *
 * @returns The exit code.
 */
export async function replayFile(
  file: string,
  options: { readonly json?: boolean; readonly inspect?: true | number },
  context: SessionContext,
): Promise<number> {
  if (options.inspect !== undefined) return inspectFile(file, options.inspect, context);
  let reports: readonly ReplayReport[];
  try {
    reports = await replayCells(readCells(file), context.interrupt.signal);
  } catch (error) {
    return tellFailure(error, context).exitCode;
  }
  if (options.json) context.terminal.result(jsonText({ cells: reports }));
  else for (const report of reports) tell(report, context);
  return reports.every(({ status }) => status === "same") ? 0 : 1;
}

/** Runs the first cell of a file where DevTools can look at it. */
async function inspectFile(
  file: string,
  inspect: true | number,
  context: SessionContext,
): Promise<number> {
  const { interrupt } = context;
  try {
    readCells(file);
    const program = partFile("dist/cli/journal/inspected-cell.js");
    const port = inspect === true ? 9229 : inspect;
    const flags = ["--experimental-vm-modules", "--no-warnings"];
    const child = spawn(process.execPath, [...flags, program, file, String(port)], {
      stdio: "inherit",
      signal: interrupt.signal,
    });
    const [code]: (number | null)[] = await once(child, "close");
    // A terminal interrupts the child too, which has no code then.
    return interrupt.exitCode ?? code ?? 1;
  } catch (error) {
    return tellFailure(error, context).exitCode;
  }
}

async function replayCells(
  cells: readonly (readonly JournalEntry[])[],
  signal: AbortSignal,
): Promise<readonly ReplayReport[]> {
  const { createCodeMode } = await import("../../index.js");
  const reports: ReplayReport[] = [];
  for (const entries of cells) {
    signal.throwIfAborted();
    useZoneOf(entries);
    // Its isolates are made in the zone of the cell.
    await using codeMode = createCodeMode({ prewarm: 0 });
    const close = (): void => void codeMode.close();
    signal.addEventListener("abort", close);
    reports.push(await codeMode.replay(entries));
    signal.removeEventListener("abort", close);
  }
  return reports;
}

function useZoneOf([opened]: readonly JournalEntry[]): void {
  if (opened?.kind !== "opened") return;
  const { timeZone }: { timeZone?: unknown } = opened.engine;
  if (typeof timeZone === "string" && isTimeZone(timeZone)) process.env["TZ"] = timeZone;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function tell(report: ReplayReport, { terminal }: SessionContext): void {
  const { style } = terminal;
  const { cellId, status, compared, endCompared, divergence, differences } = report;
  if (status === "same") {
    const end = endCompared ? "" : "; how it ended was not compared";
    const what = `the same, in all ${count(compared, "thing")} that it did${end}`;
    terminal.note(`${style.green("same")} cell ${cellId}: ${what}`);
  } else {
    terminal.note(
      `${style.red("differs")} cell ${cellId}, after ${count(compared, "thing")} that were the same`,
    );
    const at = divergence?.seq === undefined ? "" : ` (entry ${divergence.seq})`;
    terminal.note(`  recorded: ${shown(divergence?.expected, "nothing more")}${at}`);
    terminal.note(`  replayed: ${shown(divergence?.got, "it waits")}`);
  }
  for (const difference of differences) terminal.note(style.dim(`  ${difference}`));
}

function shown(record: EmittedRecord | undefined, none: string): string {
  if (record === undefined) return none;
  const { kind, ...fields } = record;
  return `${kind} ${oneLine(JSON.stringify(fields), maxShown)}`;
}
