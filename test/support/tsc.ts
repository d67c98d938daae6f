import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
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

const programFlags = [
  "--noEmit",
  "--ignoreConfig",
  "--strict",
  "--skipLibCheck",
  ...["--allowJs", "--checkJs"],
  ...["--target", "es2023", "--module", "nodenext", "--moduleDetection", "force"],
  ...["--lib", "es2023,esnext.disposable", "--types", "node", "--pretty", "false"],
];

/**
 * Compiles one file for each text, each a module of its own, with the real compiler in one run.
 *
 * @returns What the compiler complains about, by line; empty where it accepts all.
 */
export function compileTexts(texts: readonly string[]): Promise<readonly string[]> {
  return compile(texts, { folder: join(tmpdir(), "declarations-"), flags });
}

/**
 * The same for programs of Node that import this package, as it was built, and others. One with
 * types in its comments is JavaScript that is checked, any other TypeScript.
 */
export async function compilePrograms(texts: readonly string[]): Promise<readonly string[]> {
  // Within the package, so that its own name is found.
  const parent = join(root, "build");
  await mkdir(parent, { recursive: true });
  return compile(texts, { folder: join(parent, "programs-"), flags: programFlags });
}

/** The same for files of a folder, which finds its packages itself. */
export function compileFiles(folder: string, names: readonly string[]): Promise<readonly string[]> {
  const types = ["--typeRoots", join(root, "node_modules/@types")];
  return runTsc([...programFlags, ...types, ...names], folder);
}

async function compile(
  texts: readonly string[],
  { folder: prefix, flags }: { readonly folder: string; readonly flags: readonly string[] },
): Promise<readonly string[]> {
  const folder = await mkdtemp(prefix);
  try {
    const names = texts.map((text, index) => `${index}.${text.includes("@type {") ? "js" : "ts"}`);
    await Promise.all(texts.map((text, i) => writeFile(join(folder, names[i] ?? ""), text)));
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
