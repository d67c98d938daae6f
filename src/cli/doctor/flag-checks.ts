import { type Check, ok, problem, warning } from "./check.js";

/** A flag of Node or of V8 that changes what cells are or can do. */
interface DisturbingFlag {
  readonly status: "warning" | "problem";
  readonly effect: string;
  readonly remedy?: string;
  /** Another flag that takes the effect away. */
  readonly unless?: string;
}

// V8's flags hold for all isolates of the process, those of cells too.
const noWebAssembly = "there is no WebAssembly, so cells in TypeScript fail";
const heapLimit: DisturbingFlag = {
  status: "warning",
  effect: "it is the heap limit of each cell too, in the place of limits.heapBytes",
  remedy: "Start without it the processes that run cells, or count with cells of that size.",
};
const permissions: DisturbingFlag = {
  status: "problem",
  effect: "native addons are forbidden",
  remedy: "Add --allow-addons.",
  unless: "--allow-addons",
};
const disturbing: ReadonlyMap<string, DisturbingFlag> = new Map([
  ["--no-addons", { status: "problem", effect: "native addons are forbidden" }],
  ["--permission", permissions],
  ["--experimental-permission", permissions],
  ["--allow-natives-syntax", { status: "problem", effect: "a cell can end the process" }],
  ["--jitless", { status: "warning", effect: `cells run slowly, and ${noWebAssembly}` }],
  ["--no-expose-wasm", { status: "warning", effect: noWebAssembly }],
  [
    "--disallow-code-generation-from-strings",
    { status: "warning", effect: "schemas cannot be checked, nor MCP configs" },
  ],
  ["--max-old-space-size", heapLimit],
  ["--max-old-space-size-percentage", heapLimit],
  ["--max-heap-size", heapLimit],
  // V8 takes a termination for an exception that nobody catches.
  [
    "--abort-on-uncaught-exception",
    { status: "warning", effect: "the thread of a cell that is terminated may be lost" },
  ],
  ["--stack-size", { status: "warning", effect: "it is the limit of recursion in cells too" }],
]);

/** Whether Node runs with flags that disturb cells. */
export function checkFlags(): readonly Check[] {
  const given = [
    ...process.execArgv.map((flag) => ({ flag, where: "given to node" })),
    ...(process.env["NODE_OPTIONS"] ?? "")
      .split(/\s+/)
      .map((flag) => ({ flag, where: "in NODE_OPTIONS" })),
  ];
  const names = given.map(({ flag }) => nameOf(flag));
  const checks = given.flatMap(({ flag, where }) => {
    const found = disturbing.get(nameOf(flag));
    if (found === undefined || (found.unless && names.includes(found.unless))) return [];
    const toCheck = found.status === "problem" ? problem : warning;
    const remedy = found.remedy ?? "Start without it the processes that run cells.";
    return [toCheck("flags", `${flag}, ${where}: ${found.effect}`, remedy)];
  });
  return checks.length > 0 ? checks : [ok("flags", "none that disturb cells")];
}

/** V8 takes underscores for hyphens. */
function nameOf(flag: string): string {
  return (flag.split("=")[0] ?? "").replaceAll("_", "-");
}
