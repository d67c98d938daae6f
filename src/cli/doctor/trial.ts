// The process in which doctor loads the addon and runs cells: it may crash, or hang.

import { getBinding } from "../../backend/addon/binding.js";
import { type CodeMode, createCodeMode, createModelTools } from "../../index.js";
import type { CellOutcome } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";
import { formatDuration } from "../format.js";
import { type TrialMessage, type TrialStep, trialSteps } from "./trial-step.js";

type CellStep = Exclude<TrialStep, "addon">;

/** What each step does with cells, and what it has found. */
const cellSteps: Readonly<Record<CellStep, (session: Session) => Promise<string>>> = {
  async cell(session) {
    const outcome = await session.exec("text(1 + 1);");
    if (outcome.status !== "completed") throw unexpected(outcome);
    const given = outcome.output.map((item) => (item.type === "text" ? item.text : item.type));
    if (given.join() !== "2") throw new Error(`text(1 + 1) gives ${given.join() || "nothing"}`);
    return "text(1 + 1) gives 2";
  },
  async termination(session) {
    const running = await session.exec("for (;;);", { yieldAfterMs: 0 });
    if (running.status !== "yielded") throw unexpected(running);
    const outcome = await session.terminate(running.cellId);
    if (outcome.status !== "terminated") throw unexpected(outcome);
    if (outcome.orphaned) throw new Error("an endless loop goes on after its termination");
    return "an endless loop is ended";
  },
  async TypeScript(session) {
    const { exec } = createModelTools(session);
    const { outcome } = await exec.execute({ code: "const a: number = 1;\ntext(a);" });
    if (outcome?.status !== "completed") throw unexpected(outcome);
    return "runs";
  },
};

let codeMode: CodeMode | undefined;

async function attempt(step: TrialStep): Promise<TrialMessage> {
  const startedAt = performance.now();
  try {
    const finding = await findingOf(step);
    return { step, finding: `${finding}, ${formatDuration(performance.now() - startedAt)}` };
  } catch (error) {
    return { step, failure: error instanceof Error ? error.message : String(error) };
  }
}

async function findingOf(step: TrialStep): Promise<string> {
  if (step === "addon") {
    getBinding();
    return "loads, and fits this Node";
  }
  codeMode ??= createCodeMode();
  return await cellSteps[step](codeMode.openSession());
}

function unexpected(outcome: CellOutcome | undefined): Error {
  const why = outcome?.status === "failed" ? `: ${outcome.error.message}` : "";
  return new Error(`the cell has ${outcome?.status ?? "not been run"}${why}`);
}

for (const step of trialSteps) {
  const message = await attempt(step);
  process.send?.(message);
  if ("failure" in message) break;
}
await codeMode?.close();
process.disconnect();
