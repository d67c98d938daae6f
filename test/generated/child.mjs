// The process in which rounds run. Takes rounds from its parent, one after the other, and answers each
// with a verdict; when it is told to end, it leaves as programs do: by itself or through process.exit.
import { runRound } from "./round.mjs";

/** @typedef {import("./rounds.mjs").Round} Round */

const surprises = [];
let orphans = 0;
let isEnding = false;

for (const event of ["uncaughtException", "unhandledRejection", "warning"]) {
  process.on(event, (error) => surprises.push(`${event}: ${error?.stack ?? error}`));
}

/** @param {{ type: "round", round: Round } | { type: "end", how: "return" | "exit" }} message */
async function take(message) {
  if (message.type === "end") {
    isEnding = true;
    process.disconnect?.();
    if (message.how === "exit") process.exit(0);
    return;
  }
  const verdict = await runRound(message.round, { orphansBefore: orphans });
  orphans += verdict.orphans;
  const problems = [...verdict.problems, ...surprises.splice(0)];
  process.send?.({ ...verdict, problems, orphans });
}

process.on("message", take);

// The process that started this one is gone.
process.on("disconnect", () => {
  if (!isEnding) process.exit(1);
});
