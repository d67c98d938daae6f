import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { McpServerConfig } from "../../src/mcp.js";
import { endWithFile, endWithTest } from "./children.js";
import { LineWatch, root } from "./mcp.js";

/** How a command ended and what it wrote. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface RunningCli {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** The lines of both streams, in the order they came. */
  readonly watch: LineWatch;
  readonly ended: Promise<CliResult>;
}

/** So that no test finds what another has left, and none writes to the person's own folder: nothing can be kept there. */
export const withoutCaches: Readonly<Record<string, string>> = { XDG_CACHE_HOME: "/dev/null" };

/**
 * Starts the built command as a person would, with both streams piped.
 *
 * @param env - Added to this process's own.
 * @param lasts - Until the end of the file's tests, where several use the command; else of the test.
 */
export function startCli(
  args: readonly string[],
  cwd: string = root,
  env: Readonly<Record<string, string>> = {},
  lasts: "test" | "file" = "test",
): RunningCli {
  const end = lasts === "test" ? endWithTest : endWithFile;
  const child = end(
    spawn(process.execPath, [join(root, "dist/cli/main.js"), ...args], {
      cwd,
      env: { ...process.env, ...withoutCaches, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    }),
  );
  const watch = new LineWatch();
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
    });
    createInterface({ input: child[name] }).on("line", watch.push);
  }
  const ended = new Promise<CliResult>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, ...written }));
  });
  return { child, watch, ended };
}

/** Runs the built command to its end. */
export function runCli(
  args: readonly string[],
  {
    input = "",
    cwd = root,
    env = {},
  }: {
    readonly input?: string;
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<CliResult> {
  const { child, ended } = startCli(args, cwd, env);
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return ended;
}

/** A directory of its own for a test's files. */
export class Workspace implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "codecell-test-"));

  /** Writes a file and gives its path. */
  file(name: string, content: string): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  /** Writes a config and gives its path. */
  config(mcpServers: Readonly<Record<string, McpServerConfig>>): string {
    return this.file("mcp.json", JSON.stringify({ mcpServers }));
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
