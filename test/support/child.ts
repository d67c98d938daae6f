import { spawn } from "node:child_process";
import { join } from "node:path";
import { endWithTest } from "./children.js";
import { root } from "./mcp.js";

const sanitizedFactor = process.env["CODECELL_SANITIZED"] === undefined ? 1 : 4;

/** How a program ended and what it wrote. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** Sent when the program has written its first line. */
  readonly signal?: NodeJS.Signals;
  /** A program that runs for longer hangs, and ends with SIGKILL. Default: 25 000. */
  readonly netMs?: number;
  /** Of Node itself. */
  readonly flags?: readonly string[];
  /** What it finds in its environment besides ours. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs a program of `test/fixtures/` in a process of its own, on the built package.
 *
 * @param file - The fixture's name without `.mjs`.
 * @param args - What it is told, often the name of one of several programs in the file.
 */
export function runProgram(
  file: string,
  args: readonly string[] = [],
  options: ProgramOptions = {},
): Promise<ProgramEnd> {
  return runFile(join(root, "test/fixtures", `${file}.mjs`), args, options);
}

/**
 * Runs a program of `examples/` in a process of its own, on the built package.
 *
 * @param environment - What it finds in its environment besides ours.
 */
export function runExample(
  name: string,
  environment: Readonly<Record<string, string>>,
  options: ProgramOptions = {},
): Promise<ProgramEnd> {
  return runFile(join(root, "examples", `${name}.mjs`), [], { ...options, environment });
}

function runFile(
  path: string,
  args: readonly string[],
  { signal, netMs = 25_000, flags = [], environment }: ProgramOptions,
): Promise<ProgramEnd> {
  const child = endWithTest(
    spawn(process.execPath, [...flags, path, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
      timeout: netMs * sanitizedFactor,
      killSignal: "SIGKILL",
    }),
  );
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
      if (signal !== undefined && name === "stdout") child.kill(signal);
    });
  }
  return new Promise((resolve) => {
    child.once("close", (code, killedBy) => resolve({ code, signal: killedBy, ...written }));
  });
}

/** Runs a program many times, a few at once, and gives every end. */
export async function runProgramOften(
  times: number,
  start: () => Promise<ProgramEnd>,
): Promise<readonly ProgramEnd[]> {
  const ends: ProgramEnd[] = [];
  let left = times;
  const runSome = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      ends.push(await start());
    }
  };
  await Promise.all(Array.from({ length: 4 }, runSome));
  return ends;
}
