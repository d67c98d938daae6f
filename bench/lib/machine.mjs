import { cpus } from "node:os";

/** What was measured on: the version of Node, and the machine's processors. */
export function machineLine() {
  const processors = cpus();
  return `Node ${process.version}, ${processors.length} x ${processors[0]?.model ?? "unknown CPU"}`;
}
