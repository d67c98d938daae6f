import { builtin } from "../../base/builtin.js";

/** Bytes at the beginning of an executable that hold the path of its dynamic loader. */
const headBytes = 4096;

/** Whether this Node was built for musl instead of glibc, as Alpine's is. */
export function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  const loader = dynamicLoader();
  if (loader !== undefined) return loader.startsWith("ld-musl");
  // The report asks the running process, and is slower.
  return glibcVersion() === undefined;
}

/** The version of glibc that this process runs with: "2.36"; undefined without glibc. */
export function glibcVersion(): string | undefined {
  if (process.platform !== "linux") return undefined;
  // Node 20.13 and later have this setting.
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  const { excludeNetwork } = report;
  // Names of peers would be looked up, which may take long.
  report.excludeNetwork = true;
  try {
    const { header }: { readonly header?: { readonly glibcVersionRuntime?: string } } =
      report.getReport();
    return header?.glibcVersionRuntime;
  } finally {
    report.excludeNetwork = excludeNetwork ?? false;
  }
}

/**
 * The name of the file that loads this Node's libraries, "ld-linux-x86-64.so.2". It tells the libc of
 * this very Node; a system may have both. Undefined if Node is linked statically or cannot be read.
 */
function dynamicLoader(): string | undefined {
  const { closeSync, openSync, readSync } = builtin("node:fs");
  try {
    const file = openSync(process.execPath, "r");
    try {
      const head = Buffer.alloc(headBytes);
      const text = head.toString("latin1", 0, readSync(file, head));
      return /\/(ld-(?:linux|musl)[\w.-]*)\0/.exec(text)?.[1];
    } finally {
      closeSync(file);
    }
  } catch {
    // No permission to read it.
    return undefined;
  }
}
