import { type ChildProcess, fork } from "node:child_process";
import { text } from "node:stream/consumers";
import { partFile } from "../../base/part-file.js";
import type { TrialMessage } from "./trial-step.js";

/** How the process that loads the addon and runs cells fared. */
export interface Trial {
  readonly messages: readonly TrialMessage[];
  /** How the process ended, where it did not end as it should; undefined where it did. */
  readonly end: string | undefined;
}

/** Milliseconds one step may take, on a machine that is busy. */
const stepTimeoutMs = 20_000;

/**
 * Tries the addon in a process of its own, which has the flags and the environment of this one.
 *
 * @throws Where no process can be started; the signal's reason, where that is aborted.
 */
export async function runTrial(signal: AbortSignal): Promise<Trial> {
  const child = fork(partFile("dist/cli/doctor/trial.js"), {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    signal,
    killSignal: "SIGKILL",
  });
  const messages: TrialMessage[] = [];
  let isHung = false;
  const timer = setTimeout(() => {
    isHung = true;
    child.kill("SIGKILL");
  }, stepTimeoutMs);
  child.on("message", (message) => {
    timer.refresh();
    messages.push(message as TrialMessage);
  });
  try {
    const [printed, how] = await Promise.all([child.stderr && text(child.stderr), ended(child)]);
    const end = isHung ? `did not end within ${stepTimeoutMs / 1000} s` : how;
    return { messages, end: end && withWords(end, printed ?? "") };
  } finally {
    clearTimeout(timer);
  }
}

/** "was ended by SIGSEGV"; undefined is a good end. */
function ended(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (signal !== null) resolve(`was ended by ${signal}`);
      else resolve(code === 0 ? undefined : `exited with code ${code}`);
    });
  });
}

/** Adds what the process said last: V8 and Node print why they give up. */
function withWords(end: string, printed: string): string {
  const line = printed
    .split("\n")
    .map((words) => words.trim())
    .find((words) => /error|fatal|check failed|assertion/i.test(words));
  return line === undefined ? end : `${end}: ${line}`;
}
