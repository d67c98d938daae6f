import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { SlowFilesFirst } from "./test/support/slow-files-first.js";

/** Rooms whose tests need milliseconds each: a cell or a call that hangs shows soon. */
const quickRooms = ["calls", "cell", "globals", "model", "tools"].map(inRoom);
/** Rooms with tests that a script of their own runs. */
const ownRunners = ["frameworks", "install", "page", "postgres"].map(inRoom);
/** A net for tests that start processes, fill heaps or wait for clocks. */
const slowMs = 40_000;
const quickMs = 10_000;
/** Sanitized calls are several times slower. */
const sanitizedMs = 120_000;

export default defineConfig({
  test: {
    // The default leaves one processor to vitest itself, which has next to nothing to do.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: SlowFilesFirst },
    retry: 0,
    projects: [
      project("quick", quickRooms, [], quickMs),
      project("slow", [inRoom("*")], [...quickRooms, ...ownRunners], slowMs),
    ],
  },
});

function project(name: string, include: string[], exclude: string[], netMs: number) {
  const timeout = process.env["CODECELL_SANITIZED"] === undefined ? netMs : sanitizedMs;
  return {
    test: {
      name,
      include,
      exclude,
      // A native crash ends one fork and fails its file; the runner goes on.
      pool: "forks" as const,
      testTimeout: timeout,
      hookTimeout: timeout,
    },
  };
}

function inRoom(room: string): string {
  return `test/${room}/**/*.test.ts`;
}
