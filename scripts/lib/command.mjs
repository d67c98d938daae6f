// Running other programs, for the scripts in this folder.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** What a script throws to end with a message for people, without a stack. */
export class ScriptFailure extends Error {}

/**
 * Runs a program with this process's output and throws when it fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options] - `quiet` shows
 *   the output only when the program fails.
 */
export function run(command, args, { cwd = root, env = process.env, quiet = false } = {}) {
  const child = spawnSync(command, args, {
    cwd,
    env,
    stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (child.error !== undefined) {
    throw new ScriptFailure(`${command} cannot be started: ${child.error.message}`);
  }
  if (child.status !== 0) {
    const output = quiet ? `\n${child.stdout}${child.stderr}` : "";
    const end = child.signal === null ? `exit code ${child.status}` : `signal ${child.signal}`;
    const line = [command, ...args].join(" ");
    const shown = line.length > 300 ? `${line.slice(0, 300)} …` : line;
    throw new ScriptFailure(`${shown}\n  ended with ${end}${output}`);
  }
}

/**
 * Runs a program and returns what it printed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {string}
 */
export function capture(command, args, { cwd = root, env = process.env } = {}) {
  const child = spawnSync(command, args, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (child.error !== undefined || child.status !== 0) {
    const why = child.error?.message ?? `${child.stdout}${child.stderr}`;
    throw new ScriptFailure(`${command} ${args.join(" ")} failed: ${why}`);
  }
  return child.stdout.trim();
}

/**
 * Packs a package and returns what npm tells of it.
 * @param {readonly string[]} args - What to pack, and options.
 * @param {string} out - The folder for the tarball.
 * @param {{ cwd?: string }} [options]
 * @returns {{ name: string, filename: string, size: number, unpackedSize: number, files: readonly { path: string, size: number }[] } | undefined}
 */
export function npmPack(args, out, options = {}) {
  const flags = ["--json", "--silent", "--pack-destination", out];
  const answer = JSON.parse(capture("npm", ["pack", ...flags, ...args], options));
  // npm 12 names them by package.
  const [packed] = Array.isArray(answer) ? answer : Object.values(answer);
  return packed;
}

/**
 * Whether a program can be started.
 * @param {string} command
 */
export function exists(command) {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).error === undefined;
}

/**
 * Runs a script's body and turns a `ScriptFailure` into its message and exit code 1.
 * @param {() => void | Promise<void>} body
 */
export async function main(body) {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof ScriptFailure)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
