import { open, waitForDebugger } from "node:inspector";
import vm from "node:vm";
import { takeApart } from "../../journal/replay.js";
import { Answers } from "./answers.js";
import { readCells } from "./files.js";
import { cellGlobals } from "./inspected-globals.js";

// The process of codecell replay --inspect: runs a recorded source in a context of this Node, where
// DevTools can look at it, and gives it the recorded answers in their order. It is no isolate.

/** Runs the first cell of a file, when a debugger has been attached. */
async function inspectCell(file: string, port: number): Promise<void> {
  const [entries = []] = readCells(file);
  const journal = takeApart(entries);
  const answers = new Answers(journal);
  const context = vm.createContext(cellGlobals(journal.opened, answers, print));
  const module = new vm.SourceTextModule(journal.opened.source, {
    identifier: "exec_main.mjs",
    context,
  });
  await module.link((specifier: string) => {
    throw new Error(`codecell replay --inspect has no modules: ${specifier}`);
  });
  open(port, "127.0.0.1");
  process.stderr.write("Open chrome://inspect, or attach the debugger of your editor.\n");
  waitForDebugger();
  // The cell is among the sources as exec_main.mjs: set breakpoints there, then go on.
  vm.runInContext("debugger; // Set breakpoints in exec_main.mjs, then resume.", context);
  const end = module.evaluate();
  answers.start();
  await end.then(
    () => print("the cell completed"),
    (error: unknown) => print(`the cell failed: ${error instanceof Error ? error.stack : error}`),
  );
}

function print(text: string): void {
  process.stderr.write(`${text}\n`);
}

const [file = "", port = "9229"] = process.argv.slice(2);
await inspectCell(file, Number(port));
process.exit();
