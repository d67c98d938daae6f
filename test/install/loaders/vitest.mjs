// Tests of vitest, in each of its pools.
import { symlinkSync } from "node:fs";
import path from "node:path";
import { shortProgram } from "../scratch.mjs";

export const needsPackages = true;

/** @param {import("../scratch.mjs").Scratch} scratch */
export function check(scratch) {
  symlinkSync(scratch.tool("vitest"), path.join(scratch.folder, "node_modules", "vitest"));
  scratch.write(
    "cell.test.mjs",
    `import { createCodeMode } from "codecell";
    import { expect, test } from "vitest";${shortProgram}
    test("a cell", async () => expect(await answer()).toBe("42"));`,
  );
  for (const pool of ["forks", "threads", "vmForks", "vmThreads"]) {
    const flags = ["--pool", pool, "--testTimeout", "600000"];
    scratch.node([scratch.tool("vitest/vitest.mjs"), "run", ...flags]);
  }
}
