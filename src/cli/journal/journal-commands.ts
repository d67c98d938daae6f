import type { Command } from "commander";
import { colorOption, toPort } from "../arguments.js";
import { runInContext } from "../run-in-context.js";

const replayHelp = `
The file is what codecell run --record FILE has written, or the lines that journalLine gives. No server is
started and no tool is called: the cell gets the answers that were recorded. --inspect opens the source in
Chrome's DevTools instead (chrome://inspect), with the recorded answers.

Exit codes:
  0    every cell did what was recorded
  1    a cell did something else; the first difference is printed
  2    wrong use: arguments, or the file is no journal

Examples:
  codecell run report.js --config mcp.json --record report.cell
  codecell replay report.cell
  codecell replay report.cell --json | jq '.cells[].status'
`;

const testHelp = `
The test reads the journal when it runs, so keep both. It fails when a cell does something else, as after an
update of Node or codecell, or when you have edited the source in the journal.

Exit codes:
  0    the test has been written
  2    wrong use: arguments, the file is no journal, or the test exists (--force replaces it)

Examples:
  codecell test report.cell
  codecell test report.cell --out test/report.test.mjs && npx vitest run test/report.test.mjs
`;

const timelineHelp = `
The page needs nothing besides itself. It has each call as a bar, with its input and its result; what the cell
output, with images; and the source.

Exit codes:
  0    the page has been written
  2    wrong use: arguments, or the file is no journal

Examples:
  codecell timeline report.cell --out report.html
  codecell run report.js --config mcp.json --timeline report.html
`;

interface ReplayOptions {
  readonly json?: boolean;
  readonly inspect?: true | number;
}

/** Adds `codecell replay`, `codecell test` and `codecell timeline`. */
export function addJournalCommands(program: Command): void {
  program
    .command("replay")
    .summary("run recorded cells again, without their tools")
    .description(
      "Runs recorded cells again, without their tools, and says whether they do the same.",
    )
    .argument("<file>", "the journal of the cells")
    .option("--json", "print one JSON document instead")
    .option(
      "--inspect [port]",
      "run the first cell where a debugger can look at it (port 9229)",
      toPort,
    )
    .addOption(colorOption())
    .addHelpText("after", replayHelp)
    .action(async (file: string, options: ReplayOptions & { color: boolean }) => {
      const { json: hasOwnOutput = false, color } = options;
      await runInContext({ color, hasOwnOutput }, async (context) => {
        const { replayFile } = await import("./replay-file.js");
        return replayFile(file, options, context);
      });
    });
  program
    .command("test")
    .summary("write a vitest test of recorded cells")
    .description("Writes a test for vitest that replays recorded cells.")
    .argument("<file>", "the journal of the cells")
    .option("-o, --out <file>", "the test; without it, beside the journal, as NAME.test.mjs")
    .option("--force", "replace a test that exists")
    .addOption(colorOption())
    .addHelpText("after", testHelp)
    .action(async (file: string, options: { out?: string; force?: boolean; color: boolean }) => {
      await runInContext({ color: options.color, hasOwnOutput: false }, async (context) => {
        const { writeTest } = await import("./write-test.js");
        return writeTest(file, options, context);
      });
    });
  program
    .command("timeline")
    .summary("draw what recorded cells did, as a page")
    .description("Writes a page that shows what recorded cells did, and when.")
    .argument("<file>", "the journal of the cells")
    .option("-o, --out <file>", "the page; without it, beside the journal, as NAME.html")
    .addOption(colorOption())
    .addHelpText("after", timelineHelp)
    .action(async (file: string, options: { out?: string; color: boolean }) => {
      await runInContext({ color: options.color, hasOwnOutput: false }, async (context) => {
        const { timelineOfFile } = await import("./write-timeline.js");
        return timelineOfFile(file, options, context);
      });
    });
}
