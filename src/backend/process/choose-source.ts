import type { ProcessSource } from "./cell-process.js";
import { nodeProcesses } from "./node-process.js";

export interface SourceOptions {
  readonly processHost: "auto" | "process" | "zygote";
  /** Whether processes give up their powers: `"off"` is for debugging. */
  readonly sandbox: "required" | "best-effort" | "off";
}

/** Where processes for cells come from here, or why there is no such source. */
export type ChosenSource =
  | { readonly source: ProcessSource; readonly notes: readonly string[] }
  | { readonly source: undefined; readonly reason: string };

/**
 * The source of processes to use here: the best that works, or the one that is asked for. `notes` says why a
 * better one is not used.
 */
export function chooseSource({ processHost }: SourceOptions): ChosenSource {
  const noZygote = zygoteFault();
  const noProcess = nodeFault();
  if (processHost === "zygote") {
    return { source: undefined, reason: `there is no zygote here: ${noZygote}` };
  }
  if (noProcess !== undefined) return { source: undefined, reason: noProcess };
  const notes = processHost === "auto" ? [`no zygote: ${noZygote}`] : [];
  return { source: nodeProcesses, notes };
}

/** Why no cell can be forked from a process made for this. */
function zygoteFault(): string {
  return "this version has none";
}

/** Why this program cannot start Node. */
function nodeFault(): string | undefined {
  const isSingleFile = "pkg" in process || isSea();
  return isSingleFile
    ? `${process.execPath} is a program with Node inside, and starts no other`
    : undefined;
}

function isSea(): boolean {
  try {
    const sea = process.getBuiltinModule?.("node:sea");
    return sea?.isSea() ?? false;
  } catch {
    return false;
  }
}
