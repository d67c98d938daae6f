import { runInNewContext } from "node:vm";

const takenAway: readonly string[] = ["console", "WebAssembly", "SharedArrayBuffer", "Atomics"];

/** The names and types of the globals that this Node's engine gives a cell, in its order. */
const globals: ReadonlyMap<string, string> = new Map<string, string>(
  runInNewContext(
    "Object.getOwnPropertyNames(globalThis).map((name) => [name, typeof globalThis[name]])",
  ),
);

/** A list of globals with this engine's in place of the reference's; ours follow from `tools` on. */
export function withOwnGlobals(recorded: readonly string[]): readonly string[] {
  const engine = [...globals.keys()].filter((name) => !takenAway.includes(name));
  return [...engine, ...recorded.slice(recorded.indexOf("tools"))];
}

/** Types of globals with this engine's in place of the reference's. */
export function withOwnTypes(
  recorded: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.keys(recorded).map((name) => [
      name,
      takenAway.includes(name) ? "undefined" : (globals.get(name) ?? "undefined"),
    ]),
  );
}

/** Whether the engine knows `using`. */
export function knowsUsing(): boolean {
  try {
    runInNewContext("{ using nothing = null; }");
    return true;
  } catch {
    return false;
  }
}
