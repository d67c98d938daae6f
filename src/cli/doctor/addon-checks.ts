import { addonAdvice, findAddon } from "../../backend/addon/load-addon.js";
import { oneLine } from "../format.js";
import { type Check, ok, problem } from "./check.js";
import { runTrial, type Trial } from "./run-trial.js";
import { type TrialStep, trialSteps } from "./trial-step.js";

/** Characters of an error that are shown. */
const longest = 600;

/** Whether the addon is there and loads, and cells run. What cannot be tried is left out. */
export async function checkAddon(signal: AbortSignal): Promise<readonly Check[]> {
  try {
    const file = findAddon();
    const named = process.env["CODECELL_ADDON"] ? ", which CODECELL_ADDON names" : "";
    return [ok("addon file", `${file}${named}`), ...(await checkTrial(signal))];
  } catch (error) {
    return [problem("addon file", withoutAdvice(messageOf(error)), addonRemedy())];
  }
}

async function checkTrial(signal: AbortSignal): Promise<readonly Check[]> {
  let trial: Trial;
  try {
    trial = await runTrial(signal);
  } catch (error) {
    const finding = `no process can be started to try it: ${oneLine(messageOf(error), longest)}`;
    return [problem("addon", finding, "Allow this user, or this Node, to start processes.")];
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
  if (end === undefined || messages.some((message) => "failure" in message)) return checks;
  const step = trialSteps[messages.length];
  if (step === undefined) {
    return [...checks, problem("exit", `a process that has run cells ${end}`, reportIt)];
  }
  return [...checks, problem(step, `the process that tried it ${end}`, remedyFor(step))];
}

const reportIt = "Please report it, with what codecell doctor --json prints.";

function remedyFor(step: TrialStep, failure = ""): string {
  switch (step) {
    case "addon":
      // Node's words where a flag forbids addons.
      return failure.includes("loading addons is disabled")
        ? "Start Node without the flag that forbids addons."
        : addonRemedy();
    case "TypeScript":
      return "It needs WebAssembly and a worker thread: start Node without flags that forbid them, and without a limit of address space (ulimit -v); else install the package again.";
    case "cell":
    case "termination":
      return `Mend the limits and flags told here, if any. ${reportIt}`;
  }
}

function addonRemedy(): string {
  return process.env["CODECELL_ADDON"]
    ? "Unset CODECELL_ADDON, or let it name an addon that was built for this Node."
    : addonAdvice();
}

function withoutAdvice(message: string): string {
  return oneLine(message.replace(` ${addonAdvice()}`, ""), longest);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
