import type { ChildProcess } from "node:child_process";
import { afterAll, afterEach } from "vitest";

const living = new Set<ChildProcess>();
/** Those that several tests of a file use. */
const lasting = new Set<ChildProcess>();

const killAll = (): void => {
  for (const child of [...living, ...lasting]) child.kill("SIGKILL");
};

// A test that fails or is timed out half-way must not leave an endless cell behind.
afterEach(() => {
  for (const child of living) child.kill("SIGKILL");
});
afterAll(killAll);
// Nor must a worker of the runner that is told to end, or whose runner is gone: neither runs hooks.
process.once("exit", killAll);
process.once("disconnect", killAll);
process.once("SIGTERM", () => {
  killAll();
  process.kill(process.pid, "SIGTERM");
});

/** Has the process killed when the test ends, however it ends, or the runner does. */
export function endWithTest<Child extends ChildProcess>(child: Child): Child {
  living.add(child);
  child.once("exit", () => living.delete(child));
  return child;
}

/** Has the process killed when the file's last test ends, or the runner does. */
export function endWithFile<Child extends ChildProcess>(child: Child): Child {
  lasting.add(child);
  child.once("exit", () => lasting.delete(child));
  return child;
}
