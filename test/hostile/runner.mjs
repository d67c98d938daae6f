// Runs attacks, each in a process of its own, and says how each ended.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expectationOn, isExitAttack, patience, timeFor } from "./attack.mjs";
import { Container } from "./container.mjs";
import { judgeEnd, judgeReport } from "./judge.mjs";

const childFile = fileURLToPath(new URL("child.mjs", import.meta.url));
const leaveFile = fileURLToPath(new URL("leave.mjs", import.meta.url));
/** A process that takes longer than its attack and this to start, to settle and to leave is killed. */
const spareMs = 20_000;
const maxStderrLength = 100_000;

/**
 * @typedef {object} Result
 * @property {string} group
 * @property {string} name
 * @property {readonly string[]} wrong - Empty where the attack ended as it should.
 * @property {string} outcome - In a few words.
 * @property {number} endMs - To the attack's end, or the process's for the group exit.
 * @property {number | undefined} neighbourMs - The neighbour's slowest answer.
 * @property {number | undefined} beatMs - The longest time for which the host's loop stood still.
 * @property {number | undefined} growthMiB - Memory that stayed.
 * @property {number | undefined} peakMiB
 * @property {number | null} code
 * @property {string | null} signal
 * @property {string} stderr
 */

/**
 * @typedef {object} RunOptions
 * @property {string | undefined} [node] - The binary to run it with. Default: this one.
 * @property {"thread" | "process"} [isolation] - Where the attacked cells live. Default: on threads.
 * @property {string} [processHost] - In which processes. Default: the best there are.
 * @property {number | undefined} [memoryMiB] - The memory of the container that it runs in. Default: none.
 */

/**
 * @param {string} group
 * @param {import("./attack.mjs").Attack} attack
 * @param {RunOptions & { major: string }} options
 * @returns {Promise<Result>}
 */
export async function runAttack(group, attack, { major, ...how }) {
  const netMs = timeFor(attack) + spareMs * patience();
  if (isExitAttack(attack)) {
    const { program, cells } = attack.leave;
    const end = await runProcess([leaveFile, program, cells], netMs, how, attack.signal);
    const wrong = [
      ...end.wrong,
      ...judgeEnd(end, { ...attack.expect, enginePrints: cells === "parked" }),
    ];
    const late = end.ms > timeFor(attack);
    return {
      ...resultOf(group, attack, end),
      wrong: late ? [...wrong, "it did not end in time"] : wrong,
      outcome: end.signal ?? `code ${end.code}`,
      endMs: end.ms,
    };
  }
  const end = await runProcess([childFile, attack.name], netMs, how);
  const expected = expectationOn(attack, major, how.isolation);
  const wrongEnd = [
    ...end.wrong,
    ...judgeEnd(end, {
      code: 0,
      enginePrints: expected.enginePrints === true,
      stderr: attack.handlers === "throwing" ? "CodecellWarning" : undefined,
    }),
  ];
  /** @type {import("./child.mjs").ChildReport | undefined} */
  const report = parseReport(end.stdout);
  if (report === undefined) {
    return { ...resultOf(group, attack, end), wrong: [...wrongEnd, "it told nothing"] };
  }
  const wrong = judgeReport(attack, expected, report, how.isolation);
  return {
    ...resultOf(group, attack, end),
    wrong: [...wrong, ...wrongEnd],
    outcome: report.ended ? summary(report.cells) : "did not end",
    endMs: report.endMs,
    neighbourMs: report.neighbour.worstMs,
    beatMs: report.worstBeatMs,
    growthMiB: report.memory.afterMiB - report.memory.beforeMiB,
    peakMiB: report.memory.peakMiB,
  };
}

/**
 * @param {string} group
 * @param {import("./attack.mjs").Attack} attack
 * @param {{ code: number | null, signal: string | null, stderr: string, ms: number }} end
 * @returns {Result}
 */
function resultOf(group, { name }, { code, signal, stderr, ms }) {
  return {
    group,
    name,
    wrong: [],
    outcome: signal ?? `code ${code}`,
    endMs: ms,
    neighbourMs: undefined,
    beatMs: undefined,
    growthMiB: undefined,
    peakMiB: undefined,
    code,
    signal,
    stderr,
  };
}

/** @param {string} stdout */
function parseReport(stdout) {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

/** @param {readonly import("./child.mjs").CellReport[]} cells */
function summary(cells) {
  const ends = cells.map(({ status, reason, code, orphaned }) =>
    [status, code ?? reason, orphaned ? "orphaned" : undefined].filter(Boolean).join(" "),
  );
  const counts = new Map();
  for (const end of ends) counts.set(end, (counts.get(end) ?? 0) + 1);
  return [...counts].map(([end, n]) => (n > 1 ? `${n} × ${end}` : end)).join(", ");
}

/**
 * Runs a program in a process group of its own, so that nothing of it stays.
 *
 * @param {readonly string[]} args
 * @param {number} netMs
 * @param {RunOptions} how
 * @param {NodeJS.Signals} [signal] - Sent at the first output.
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string, ms: number, timedOut: boolean, wrong: readonly string[] }>}
 */
function runProcess(args, netMs, how, signal) {
  const { node = process.execPath, memoryMiB, isolation = "thread", processHost = "auto" } = how;
  const container = memoryMiB === undefined ? undefined : new Container(memoryMiB);
  const [command, commandArgs] = container?.inside(node, args) ?? [node, args];
  const startedAt = performance.now();
  const child = spawn(command, commandArgs, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      CODECELL_TEST_ISOLATION: isolation,
      CODECELL_TEST_PROCESS_HOST: processHost,
    },
  });
  const written = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    written.stdout += text;
    if (signal !== undefined) child.kill(signal);
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    if (written.stderr.length < maxStderrLength) written.stderr += text;
  });
  return new Promise((resolve, reject) => {
    let timedOut = false;
    const net = setTimeout(() => {
      timedOut = true;
      killGroup(child.pid);
    }, netMs);
    child.once("error", reject);
    child.once("close", (code, killedBy) => {
      clearTimeout(net);
      // What the program has started and left behind.
      killGroup(child.pid);
      const ms = performance.now() - startedAt;
      const wrong = container?.kills ? ["it took more memory than its container has"] : [];
      container?.remove();
      resolve({ code, signal: killedBy, ...written, ms, timedOut, wrong });
    });
  });
}

/** @param {number | undefined} pid - The leader's, which need not be there any more. */
function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}
