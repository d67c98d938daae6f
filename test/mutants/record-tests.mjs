// Vitest loads this before each file of tests. While tests are recorded, each test has a file of its own that
// its process and the processes it starts append to; what happens outside of tests goes to the test file's.
import path from "node:path";
import { beforeEach, expect } from "vitest";
import { recordNameOf } from "./record-name.mjs";
import { mutants, recorder } from "./switch.mjs";

const folder = process.env["CODECELL_MUTANT_RECORDS"];

if (folder !== undefined) {
  recordAs(folder, recordNameOf(expect.getState().testPath ?? ""));
  beforeEach(({ task }) => recordAs(folder, task.id));
}

/**
 * @param {string} inFolder
 * @param {string} name
 */
function recordAs(inFolder, name) {
  const file = path.join(inFolder, name);
  process.env["CODECELL_MUTANT_RECORD"] = file;
  mutants.record = recorder(file);
}
