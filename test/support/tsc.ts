import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./mcp.js";

const flags = [
  "--noEmit",
  "--ignoreConfig",
  "--strict",
  "--exactOptionalPropertyTypes",
  "--noUncheckedIndexedAccess",
  ...["--target", "es2023", "--module", "esnext", "--moduleDetection", "force"],
  // Nothing but the language itself: a cell has no types of Node or of the web.
  ...["--lib", "es2023", "--types", "", "--pretty", "false"],
];

/**
 * Compiles one file for each text, each a module of its own, with the real compiler in one run.
 *
 * @returns What the compiler complains about, by line; empty where it accepts all.
 */
export async function compileTexts(texts: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), "declarations-"));
  try {
    const names = texts.map((_, index) => `${index}.ts`);
    await Promise.all(texts.map((text, index) => writeFile(join(folder, `${index}.ts`), text)));
    return await runTsc([...flags, ...names], folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function runTsc(args: readonly string[], cwd: string): Promise<readonly string[]> {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [tsc, ...args],
      { cwd, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const complaints = stdout.split("\n").filter((line) => line !== "");
        if (error !== null && complaints.length === 0) {
          reject(
            new Error(`tsc failed and said nothing of the files: ${stderr}`, { cause: error }),
          );
        } else {
          resolve(complaints);
        }
      },
    );
  });
}
