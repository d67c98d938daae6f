import { randomUUID } from "node:crypto";
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { partFile } from "../../base/part-file.js";
import type { Terminal } from "../terminal.js";
import { UsageError } from "../usage-error.js";
import { findCodex } from "./find-codex.js";
import type { HostCommandOptions } from "./host-options.js";

/** Says that a folder was made by this command. */
const markName = "codecell-host.json";

/** What Codex looks for beside its executable. */
const hostName = "codex-code-mode-host";

/**
 * Makes a folder in which Codex runs its programs on codecell.
 *
 * @returns The exit code.
 */
export function installHost(
  folder: string,
  options: HostCommandOptions,
  terminal: Pick<Terminal, "note" | "style">,
): number {
  const { style } = terminal;
  try {
    const codex = findCodex(options.codex);
    const target = resolve(folder);
    checkFolder(target, codex);
    install(target, codex, options);
    const command = join(target, "bin", "codex");
    terminal.note(`${style.green("✔")} ${command} is ${codex}, and its programs run on codecell.`);
    terminal.note(`  Start it as you start codex. To undo it: rm -r ${quoted(target)}`);
    return 0;
  } catch (error) {
    const isExpected = error instanceof UsageError || "code" in (error as object);
    if (!isExpected) throw error;
    terminal.note(`${style.red("codecell:")} ${(error as Error).message}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** A folder with other things in it is left alone, above all that of Codex itself. */
function checkFolder(folder: string, codex: string): void {
  if (!existsSync(folder)) return;
  const isOurs = existsSync(join(folder, markName));
  if (isOurs && dirname(codex) !== join(realpathSync(folder), "bin")) return;
  if (isOurs) {
    throw new UsageError(
      `${codex} is what this command has made; say with --codex where the executable of Codex is`,
    );
  }
  if (readdirSync(folder).length > 0)
    throw new UsageError(`${folder} is not empty; name a folder that does not exist yet`);
}

function install(folder: string, codex: string, options: HostCommandOptions): void {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const mark = { codex, host: partFile("dist/cli/main.js") };
  writeFileSync(join(folder, markName), `${JSON.stringify(mark, undefined, 2)}\n`);
  replace(join(bin, "codex"), (file) => linkOrCopy(codex, file));
  replace(join(bin, hostName), (file) => {
    writeFileSync(file, hostScript(options));
    chmodSync(file, 0o755);
  });
  linkNeighbours(folder, codex);
}

/** What the executable finds in the folders beside its own. */
function linkNeighbours(folder: string, codex: string): void {
  const home = dirname(dirname(codex));
  if (basename(dirname(codex)) !== "bin") return;
  for (const name of readdirSync(home)) {
    if (name.startsWith("codex-"))
      replace(join(folder, name), (file) => symlinkSync(join(home, name), file));
  }
}

/** A process that runs the old file keeps it. */
function replace(file: string, make: (temporary: string) => void): void {
  const temporary = `${file}.${randomUUID()}`;
  try {
    make(temporary);
    renameSync(temporary, file);
  } finally {
    // A rename leaves a second link to the same file where it is.
    rmSync(temporary, { force: true });
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Another file system, or one that has no links.
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
}

/** A script, because options cannot be given where Codex starts its host. */
function hostScript(options: HostCommandOptions): string {
  const main = partFile("dist/cli/main.js");
  const words = [main, "host", ...argumentsOf(options)].map(quoted).join(" ");
  return [
    "#!/bin/sh",
    "# Made by codecell host --install: Codex starts this in place of its own host.",
    `node=${quoted(process.execPath)}`,
    '[ -x "$node" ] || node=node',
    `exec "$node" ${words} "$@"`,
    "",
  ].join("\n");
}

function argumentsOf({
  limit,
  deadlock,
  dialect,
  isolation,
  webGlobals,
}: HostCommandOptions): string[] {
  const limits = Object.entries(limit ?? {}).flatMap(([name, value]) => [
    "--limit",
    `${name}=${value}`,
  ]);
  return [
    ...limits,
    ...(deadlock === "fail" ? [] : ["--deadlock", deadlock]),
    ...(dialect === "strict" ? [] : ["--dialect", dialect]),
    ...(isolation === "thread" ? [] : ["--isolation", isolation]),
    ...(webGlobals ? [] : ["--no-web-globals"]),
  ];
}

function quoted(word: string): string {
  return /^[\w./:=@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
