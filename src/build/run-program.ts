import { spawnSync } from "node:child_process";
import { BuildError } from "./build-error.js";

/** Lines of a failed program that are shown. */
const shownLines = 60;

/**
 * Runs a program and shows what it printed only if it fails.
 *
 * @returns What it wrote to its standard output.
 * @throws {BuildError}
 */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
): string {
  const maxBuffer = 256 * 1024 * 1024;
  const child = spawnSync(command, args, { cwd, env, encoding: "utf8", maxBuffer });
  if (child.error !== undefined) {
    throw new BuildError(`${command} cannot be started: ${child.error.message}`);
  }
  if (child.status === 0) return child.stdout;
  const lines = `${child.stdout}${child.stderr}`.trimEnd().split("\n").slice(-shownLines);
  const end = child.signal === null ? `exit code ${child.status}` : `signal ${child.signal}`;
  throw new BuildError(`${command} ended with ${end}:\n${lines.join("\n")}`);
}

/** Whether a program can be started. */
export function canStart(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).error === undefined;
}
