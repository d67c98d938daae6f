import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { UsageError } from "../usage-error.js";

/**
 * The executable of Codex: not the script that npm puts in the PATH, but what that starts.
 *
 * @param given - Where the user says it is; undefined to look in the PATH.
 * @throws {UsageError}
 */
export function findCodex(given: string | undefined): string {
  const found = given ?? findInPath("codex");
  if (found === undefined) {
    throw new UsageError("there is no codex in the PATH; say with --codex where its executable is");
  }
  if (!existsSync(found)) throw new UsageError(`there is no file ${found}`);
  const file = realpathSync(found);
  if (isExecutable(file)) return file;
  const executable = candidatesBeside(file).find((candidate) => isExecutable(candidate));
  if (executable !== undefined) return realpathSync(executable);
  throw new UsageError(
    `${file} is no executable of Codex, and none was found beside it; say with --codex where it is`,
  );
}

function findInPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find((file) => canRun(file));
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Whether it is a program of the system's own kind, and no script. */
function isExecutable(file: string): boolean {
  if (!canRun(file)) return false;
  const start = Buffer.alloc(4);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, start, 0, start.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return start.toString("latin1") === "\u007fELF";
}

/** npm's package is a script, beside or above packages that have the executable for one platform. */
function candidatesBeside(script: string): readonly string[] {
  const packageFolder = dirname(dirname(script));
  const platform = `codex-${process.platform}-${process.arch}`;
  const holders = [
    packageFolder,
    join(packageFolder, "node_modules", "@openai", platform),
    join(dirname(packageFolder), platform),
  ];
  return holders.flatMap((holder) => {
    const vendor = join(holder, "vendor");
    if (!existsSync(vendor)) return [];
    return readdirSync(vendor).flatMap((target) => [
      join(vendor, target, "bin", "codex"),
      join(vendor, target, "codex", "codex"),
    ]);
  });
}
