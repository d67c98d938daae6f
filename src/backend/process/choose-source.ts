import { isMusl } from "../addon/libc.js";
import type { ProcessSource } from "./cell-process.js";
import { nodeProcesses } from "./node-process.js";
import { zygoteProcesses } from "./zygote-processes.js";

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
export function chooseSource({ processHost, sandbox }: SourceOptions): ChosenSource {
  const noProcess = nodeFault();
  const zygotes = zygoteProcesses({
    hasSandbox: sandbox !== "off",
    fallback: processHost === "auto" ? nodeProcesses : undefined,
  });
  const noZygote = noProcess ?? zygoteFault() ?? zygotes.fault;
  if (processHost !== "process" && noZygote === undefined) return { source: zygotes, notes: [] };
  if (processHost === "zygote") {
    return { source: undefined, reason: `there is no zygote here: ${noZygote}` };
  }
  if (noProcess !== undefined) return { source: undefined, reason: noProcess };
  const notes = processHost === "auto" ? [`no zygote: ${noZygote}`] : [];
  return { source: nodeProcesses, notes };
}

/** Those whose engine has been seen to go on in forked processes. */
const triedMajors: ReadonlySet<string> = new Set(["20", "22", "24", "26"]);

/** Why no cell can be forked from a process made for this, as far as that is known without trying. */
function zygoteFault(): string | undefined {
  const { arch, platform, versions } = process;
  if (platform !== "linux" || isMusl()) return "it needs Linux with glibc";
  if (arch !== "x64") return `it is made for x64, and this is ${arch}`;
  const other = ["electron", "bun", "deno"].find((name) => versions[name] !== undefined);
  if (other !== undefined) return `it needs Node's own program, and this is ${other}`;
  const major = versions.node.split(".")[0] ?? "";
  if (!triedMajors.has(major)) return `it has not been tried with Node ${major}`;
  const preloaded = process.env["LD_PRELOAD"] ?? "";
  return preloaded === ""
    ? undefined
    : `LD_PRELOAD is set (${preloaded}), and it would be another one`;
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
