// Runs the corpus of programs and prints, idiom by idiom, how many work, how many are told what to write
// instead, and how many are silent. Exit code 1 if one does not come to what it should.
//
//   node test/programs/run.mjs [--only TEXT]
//     --only: programs whose idiom or name has this text in it, each with its answer
import { parseArgs } from "node:util";
import { createCodeMode, createModelTools } from "../../dist/index.js";
import { mcpTools } from "../../dist/mcp.js";
import { corpus } from "./corpus/index.mjs";
import { preparedTools } from "./prepared-tools.mjs";
import { answerText, expectedOf, judge } from "./program.mjs";

const { only } = parseArgs({ options: { only: { type: "string" } } }).values;
const verdicts = /** @type {const} */ (["works", "told", "silent"]);

const codeMode = createCodeMode({ tools: await preparedTools({ mcpTools }) });
const total = { works: 0, told: 0, silent: 0 };
let wrong = 0;

console.log(`${"idiom".padEnd(40)}${verdicts.map((verdict) => verdict.padStart(8)).join("")}`);
for (const { idiom, programs } of corpus) {
  const counts = { works: 0, told: 0, silent: 0 };
  for (const program of programs) {
    if (only !== undefined && !`${idiom}: ${program.name}`.includes(only)) continue;
    const answer = await run(program.source);
    const verdict = judge(program, answer);
    counts[verdict] += 1;
    total[verdict] += 1;
    const isRight = verdict === expectedOf(program);
    if (!isRight) wrong += 1;
    if (!isRight || only !== undefined) {
      console.log(`\n${isRight ? "" : "WRONG "}${program.name}: ${verdict}\n${program.source}\n`);
      console.log(`${answerText(answer)}\n`);
    }
  }
  printCounts(idiom, counts);
}
printCounts("all", total);
await codeMode.close();
process.exitCode = wrong === 0 ? 0 : 1;

/** @param {string} source */
async function run(source) {
  const session = codeMode.openSession();
  const answer = await createModelTools(session).exec.execute({ code: source });
  await session.close();
  return answer;
}

/**
 * @param {string} name
 * @param {Readonly<Record<import("./program.mjs").Verdict, number>>} counts
 */
function printCounts(name, counts) {
  if (verdicts.every((verdict) => counts[verdict] === 0)) return;
  const numbers = verdicts.map((verdict) => String(counts[verdict]).padStart(8)).join("");
  console.log(`${name.padEnd(40)}${numbers}`);
}
