import { findAddon } from "../../backend/addon/addon-file.js";
import { addonAdvice } from "../../backend/addon/here.js";
import { requireNode } from "../../backend/addon/load-addon.js";
import { support } from "../../index.js";
import { oneLine } from "../format.js";
import { type Check, notRun, ok, problem, warning } from "./check.js";
import { runTrial, type Trial } from "./run-trial.js";
import { type TrialStep, trialSteps } from "./trial-step.js";

/** Characters of an error that are shown. */
const longest = 600;

/** Whether the addon is there and loads, and cells run. */
export async function checkAddon(signal: AbortSignal): Promise<readonly Check[]> {
  try {
    requireNode();
    const file = findAddon();
    const named = process.env["CODECELL_ADDON"] ? ", which CODECELL_ADDON names" : "";
    return [ok("addon file", `${file}${named}`), ...(await checkTrial(signal)), checkProcesses()];
  } catch (error) {
    const check = problem("addon file", withoutAdvice(messageOf(error)), addonAdvice());
    return [check, ...notTried(0, "there is no addon")];
  }
}

/** Which processes `isolation: "process"` would use. */
function checkProcesses(): Check {
  const name = "processes";
  const told = support();
  if (!told.supported) return notRun(name, "not tried: the addon cannot be loaded");
  const { processes } = told;
  if (processes.host === undefined) {
    const finding = `isolation "process" does not work: ${processes.notes.join("; ")}`;
    return warning(name, finding, "Use threads, or see docs/isolation.md.");
  }
  const kinds = { process: "ordinary processes of Node", zygote: "forked processes" };
  const noSandbox = "noSandboxReason" in processes ? ["no sandbox"] : [];
  const notes = [...processes.notes, ...noSandbox];
  const why = notes.length === 0 ? "" : ` (${notes.join("; ")})`;
  return ok(name, `isolation "process" runs cells in ${kinds[processes.host]}${why}`);
}

async function checkTrial(signal: AbortSignal): Promise<readonly Check[]> {
  let trial: Trial;
  try {
    trial = await runTrial(signal);
  } catch (error) {
    const finding = `no process can be started to try it: ${oneLine(messageOf(error), longest)}`;
    const check = problem("addon", finding, "Allow this user, or this Node, to start processes.");
    return [check, ...notTried(1, "no process can be started")];
  }
  return trialChecks(trial);
}

function trialChecks({ messages, end }: Trial): readonly Check[] {
  const checks = messages.map((message) =>
    "finding" in message
      ? ok(message.step, message.finding)
      : problem(
          message.step,
          withoutAdvice(message.failure),
          remedyFor(message.step, message.failure),
        ),
  );
  if (messages.some((message) => "failure" in message)) {
    return [...checks, ...notTried(messages.length, "what comes before it has failed")];
  }
  const step = trialSteps[messages.length];
  if (end === undefined) {
    return step === undefined
      ? checks
      : [...checks, ...notTried(messages.length, "nothing said why")];
  }
  if (step === undefined) {
    return [...checks, problem("exit", `a process that has run cells ${end}`, reportIt)];
  }
  const ended = problem(step, `the process that tried it ${end}`, remedyFor(step));
  return [...checks, ended, ...notTried(messages.length + 1, "the process has ended")];
}

/** The steps from one on, which were not tried. */
function notTried(from: number, why: string): readonly Check[] {
  return trialSteps.slice(from).map((step) => notRun(step, `not tried: ${why}`));
}

const reportIt = "Please report it, with what codecell doctor --json prints.";

function remedyFor(step: TrialStep, failure = ""): string {
  switch (step) {
    case "addon":
      // Node's words where a flag forbids addons.
      return failure.includes("flags of Node")
        ? "Start Node without the flag that forbids addons."
        : addonAdvice();
    case "TypeScript":
      return "It needs WebAssembly and a worker thread: start Node without flags that forbid them, and without a limit of address space (ulimit -v); else install the package again.";
    case "cell":
    case "termination":
      return `Mend the limits and flags told here, if any. ${reportIt}`;
  }
}

function withoutAdvice(message: string): string {
  return oneLine(message.replace(` ${addonAdvice()}`, ""), longest);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
