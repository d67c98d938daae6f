import { mkdir, readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { McpConfig, OnMcpWarning } from "../mcp.js";
import { UsageError } from "./usage-error.js";

/** What a cell is made from. */
export interface CellSource {
  /** What messages call it. */
  readonly file: string;
  readonly source: string;
}

/** Reads all cells before the first one runs. `-` is standard input. */
export async function readSources(files: readonly string[]): Promise<readonly CellSource[]> {
  if (files.filter((file) => file === "-").length > 1) {
    throw new UsageError('standard input ("-") can be only one of the cells');
  }
  return Promise.all(
    files.map(async (file) =>
      file === "-"
        ? { file: "<stdin>", source: await text(process.stdin) }
        : { file, source: await readCell(file) },
    ),
  );
}

export function readCell(file: string): Promise<string> {
  return read(file, "cell");
}

/** @throws {CodeModeError} ERR_MCP_CONFIG. */
export async function readConfig(file: string, onWarning: OnMcpWarning): Promise<McpConfig> {
  const content = await read(file, "config");
  const { parseMcpConfig } = await import("../mcp.js");
  return parseMcpConfig(content, file, { onWarning });
}

/** Makes the directory that images are saved in, and those above it. */
export async function prepareOutDirectory(directory: string | undefined): Promise<void> {
  if (directory === undefined) {
    return;
  }
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw new UsageError(`cannot make the directory ${directory}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

async function read(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`cannot read the ${what} ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return "no such file or directory";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EISDIR":
      return "it is a directory";
    case "EEXIST":
    case "ENOTDIR":
      return "a file is in its place";
    default:
      return message;
  }
}
