import { type Check, ok, problem, warning } from "./check.js";

/** What some flags of Node or of V8 do to cells. */
interface Disturbance {
  readonly flags: readonly string[];
  /** A flag that takes the effect away. */
  readonly unless?: string;
  /** The flag's number from which on it changes nothing. */
  readonly harmlessFrom?: number;
  readonly status: "warning" | "problem";
  readonly effect: string;
  readonly remedy?: string;
}

// V8's flags hold for all isolates of the process, those of cells too.
const disturbances: readonly Disturbance[] = [
  { flags: ["--no-addons"], status: "problem", effect: "native addons are forbidden" },
  {
    flags: ["--permission", "--experimental-permission"],
    unless: "--allow-addons",
    status: "problem",
    effect: "native addons are forbidden",
    remedy: "Add --allow-addons.",
  },
  {
    flags: ["--permission", "--experimental-permission"],
    unless: "--allow-worker",
    status: "warning",
    effect: "worker threads are forbidden, so cells in TypeScript fail",
    remedy: "Add --allow-worker.",
  },
  {
    flags: ["--allow-natives-syntax"],
    status: "problem",
    effect: "cells can call V8's own functions, which check nothing",
  },
  { flags: ["--jitless"], status: "warning", effect: "cells run slowly" },
  {
    flags: ["--jitless", "--no-expose-wasm"],
    status: "warning",
    effect: "there is no WebAssembly, so cells in TypeScript fail",
  },
  {
    flags: ["--disallow-code-generation-from-strings"],
    status: "warning",
    effect: "schemas cannot be checked, nor MCP configs",
  },
  {
    flags: ["--max-old-space-size", "--max-heap-size"],
    harmlessFrom: 256,
    status: "warning",
    effect:
      "cells end there too, with less than the 256 MiB that limits.heapBytes allows by default",
    remedy: "Give the processes that run cells more, or count with smaller cells.",
  },
  {
    // V8 treats a termination as an uncaught exception.
    flags: ["--abort-on-uncaught-exception"],
    status: "warning",
    effect: "the thread of a cell that is terminated may be lost",
  },
  {
    flags: ["--stack-size"],
    status: "warning",
    effect: "it is the limit of recursion in cells too",
  },
];

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
    return disturbances
      .filter(({ flags }) => flags.includes(nameOf(flag)))
      .filter(({ unless }) => unless === undefined || !names.includes(unless))
      .filter(({ harmlessFrom = Infinity }) => !(numberOf(flag) >= harmlessFrom))
      .map((disturbance) => toCheck(`${flag}, ${where}`, disturbance));
  });
  return checks.length > 0 ? checks : [ok("flags", "none that disturb cells")];
}

function toCheck(flag: string, { status, effect, remedy }: Disturbance): Check {
  const checkOf = status === "problem" ? problem : warning;
  const advice = remedy ?? "Start without it the processes that run cells.";
  return checkOf("flags", `${flag}: ${effect}`, advice);
}

function numberOf(flag: string): number {
  return Number(flag.split("=")[1]);
}

/** V8 takes underscores for hyphens. */
function nameOf(flag: string): string {
  return (flag.split("=")[0] ?? "").replaceAll("_", "-");
}
