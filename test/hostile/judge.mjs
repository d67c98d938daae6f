// Whether an attack ended as it should: compares what was seen with what the table says. Pure.
import { isDeepStrictEqual } from "node:util";
import { patience } from "./attack.mjs";

/**
 * @typedef {import("./attack.mjs").Expectation} Expectation
 * @typedef {import("./child.mjs").CellReport} CellReport
 * @typedef {import("./child.mjs").ChildReport} ChildReport
 */

/** The host's event loop may stand still for this long. Only a net: a busy machine is slow. */
const longestBeatMs = 2000;
/** What may stay resident after an attack without orphans. Only a net: allocators keep memory. */
export const maxGrowthMiB = 128;

/** What V8 writes when it runs out of memory. */
const engineReport =
  /^(?:\s|<--- Last few GCs --->|<--- JS stacktrace --->|\[\d+:0x[0-9a-f]+\][^\n]*\n|#[^\n]*\n|----- Native stack trace -----|[^\n]*(?:FATAL ERROR|Fatal)[^\n]*\n|[^\n]*heap limit[^\n]*\n)*$/;

/**
 * @param {string} stderr
 * @returns {boolean} Whether there is nothing but the engine's own report.
 */
function isEngineReport(stderr) {
  return engineReport.test(`${stderr}\n`);
}

/**
 * What is wrong with the end of an attack from within a cell; nothing where all is well.
 *
 * @param {import("./attack.mjs").CellAttack} attack
 * @param {Expectation} expected
 * @param {ChildReport} report
 * @param {"thread" | "process"} [isolation]
 * @returns {readonly string[]}
 */
export function judgeReport(attack, expected, report, isolation = "thread") {
  if (!report.ended) return ["it did not end in time"];
  const wrong = [];
  const refused = report.cells.filter(({ status }) => status === "refused");
  const ran = report.cells.filter(({ status }) => status !== "refused");
  const refusedBy = refused.filter(({ code }) => code === expected.refused?.code).length;
  if (refused.length !== refusedBy || refusedBy !== (expected.refused?.count ?? 0)) {
    const why = refused.map(({ code, error }) => `${code} ${error}`);
    wrong.push(`${refused.length} were refused: ${[...new Set(why)].join("; ")}`);
  }
  for (const cell of ran) wrong.push(...judgeCell(expected, cell));
  wrong.push(...judgeFollower(attack, report.follower, isolation));
  if (expected.stored !== undefined && !isSame(report.stored, expected.stored)) {
    wrong.push(`stored ${JSON.stringify(report.stored).slice(0, 200)}`);
  }
  wrong.push(...judgeHost(expected, report));
  return [...new Set(wrong)];
}

/**
 * @param {Expectation} expected
 * @param {CellReport} cell
 */
function judgeCell(expected, cell) {
  const wrong = [];
  /** @param {keyof CellReport & keyof Expectation} key */
  const compare = (key) => {
    const wanted = expected[key];
    if (wanted === undefined || isSame(cell[key], wanted)) return;
    wrong.push(`${key} is ${JSON.stringify(cell[key])}, not ${JSON.stringify(wanted)}`);
  };
  for (const key of /** @type {const} */ (["status", "code", "limit", "reason", "items"])) {
    compare(key);
  }
  compare("output");
  compare("warnings");
  const start = expected.outputStart ?? [];
  if (!isSame(cell.output.slice(0, start.length), start)) {
    wrong.push(`the output is ${JSON.stringify(cell.output)}`);
  }
  if (expected.error !== undefined && !cell.error?.includes(expected.error)) {
    wrong.push(`the error is ${JSON.stringify(cell.error)}`);
  }
  if (wrong.length > 0 && cell.error !== undefined && expected.error === undefined) {
    wrong.push(`(${JSON.stringify(cell.error)})`);
  }
  if (cell.orphaned && expected.orphaned === "never") wrong.push("its thread is orphaned");
  if (!cell.orphaned && expected.orphaned === "must") wrong.push("its thread is not orphaned");
  return wrong;
}

/**
 * @param {import("./attack.mjs").CellAttack} attack
 * @param {CellReport | undefined} follower
 * @param {"thread" | "process"} isolation
 */
function judgeFollower({ next: attacked }, follower, isolation) {
  if (attacked === undefined) return [];
  const { inProcess: output, ...onThread } = attacked;
  const next =
    isolation === "process" && output !== undefined
      ? { ...onThread, output, refused: undefined }
      : onThread;
  const isRefused = follower?.status === "refused" && follower.code === next.refused;
  const isRight =
    next.refused === undefined
      ? follower?.status === "completed" && isSame(follower.output, next.output)
      : isRefused;
  return isRight ? [] : [`the next cell ended as ${JSON.stringify(follower)}`];
}

/**
 * @param {Expectation} expected
 * @param {ChildReport} report
 */
function judgeHost(expected, { cells, neighbour, worstBeatMs, left, memory, changedPrototypes }) {
  const wrong = [];
  const orphans = cells.filter(({ orphaned }) => orphaned).length;
  if (neighbour.wrong !== undefined) wrong.push(`the neighbour said ${neighbour.wrong}`);
  if (worstBeatMs > longestBeatMs * patience()) {
    wrong.push(`the host's event loop stood still for ${Math.round(worstBeatMs)} ms`);
  }
  if (left.processes > 0) wrong.push(`${left.processes} processes are left`);
  if (changedPrototypes.length > 0) wrong.push(`the host got ${changedPrototypes.join()}`);
  // A builtin that is long and not endless may have come to its end since.
  if (left.orphanCount > orphans || left.cellThreads > orphans) {
    wrong.push(`${orphans} orphans were told, and left are ${JSON.stringify(left)}`);
  }
  const growth = memory.afterMiB - memory.beforeMiB;
  if (orphans === 0 && growth > maxGrowthMiB) {
    wrong.push(`${Math.round(growth)} MiB of memory stay`);
  }
  if (expected.orphaned === "must" && left.threadCount > orphans) {
    wrong.push(`threads are left: ${JSON.stringify(left)}`);
  }
  return wrong;
}

/**
 * What is wrong with how a process ended.
 *
 * @param {{ code: number | null, signal: NodeJS.Signals | null, stderr: string, timedOut: boolean }} end
 * @param {{ code: number | null, signal?: NodeJS.Signals | undefined, stderr?: string | undefined, enginePrints: boolean }} expected
 * @returns {readonly string[]}
 */
export function judgeEnd(end, expected) {
  const wrong = [];
  if (end.timedOut) wrong.push("its process had to be killed");
  const signal = expected.signal ?? null;
  if (!end.timedOut && (end.code !== expected.code || end.signal !== signal)) {
    wrong.push(
      `its process ended with ${end.signal ?? `code ${end.code}`}, not ${signal ?? `code ${expected.code}`}`,
    );
  }
  const isQuiet =
    expected.stderr === undefined
      ? end.stderr === "" || (expected.enginePrints && isEngineReport(end.stderr))
      : end.stderr.includes(expected.stderr) && !end.stderr.includes("Native stack trace");
  if (!isQuiet) wrong.push(`it wrote ${JSON.stringify(end.stderr.slice(0, 600))}`);
  return wrong;
}

/**
 * @param {unknown} a
 * @param {unknown} b
 */
function isSame(a, b) {
  return isDeepStrictEqual(a, b);
}
