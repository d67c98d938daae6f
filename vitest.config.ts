import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { SlowFilesFirst } from "./test/support/slow-files-first.js";

/** Rooms whose tests need milliseconds each: a cell or a call that hangs shows soon. */
const quickRooms = ["calls", "cell", "globals", "model", "tools"].map(inRoom);
/** Of them, what counts the threads of its process. */
const quickApart = ["test/cell/termination.test.ts"];
/** Rooms whose tests change nothing that others in their process would see. */
const harmlessRooms = ["adapters", "base", "client", "declarations", "telemetry"].map(inRoom);
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
      // One process runs one file after another, which would start and load modules for longer than it runs.
      project("quick", quickRooms, { netMs: quickMs, isolate: false, exclude: quickApart }),
      project("quick, apart", quickApart, { netMs: quickMs, isolate: true }),
      project("slow", [inRoom("*")], {
        netMs: slowMs,
        isolate: true,
        exclude: [...quickRooms, ...harmlessRooms, ...ownRunners],
      }),
      project("slow, together", harmlessRooms, { netMs: slowMs, isolate: false }),
    ],
  },
});

interface ProjectOptions {
  /** Milliseconds that a test, or what is done before and after it, may take. */
  readonly netMs: number;
  /** Whether each file has a process of its own. */
  readonly isolate: boolean;
  readonly exclude?: string[];
}

function project(name: string, include: string[], options: ProjectOptions) {
  const { netMs, isolate, exclude = [] } = options;
  const timeout = process.env["CODECELL_SANITIZED"] === undefined ? netMs : sanitizedMs;
  return {
    test: {
      name,
      include,
      exclude,
      isolate,
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
