import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { descendantsOf } from "../../scripts/lib/descendants.mjs";
import { type CodeMode, createCodeMode } from "../../src/index.js";
import { processHosts } from "../support/process-hosts.js";

const signals = ["SIGSEGV", "SIGBUS", "SIGILL", "SIGTRAP", "SIGABRT"] as const;

describe.skipIf(!processHosts.includes("zygote"))("a forked process in a sandbox", () => {
  let mode: CodeMode;
  beforeAll(() => {
    mode = createCodeMode({ isolation: "process", processHost: "zygote", prewarm: 0 });
  });
  afterAll(() => mode.close());

  test.each(signals)("whose second thread meets %s is not lost by its sandbox", async (signal) => {
    const session = mode.openSession();
    const running = session.exec(
      'text("said"); yield_control(); await new Promise(() => setTimeout(() => {}, 1e7));',
    );
    const { cellId } = (await running) as { cellId: string };
    const pid = descendantsOf().find(isCell);
    const [thread] = pid === undefined ? [] : threadsOf(pid);
    if (thread === undefined) throw new Error("the cell's process has no second thread");
    // The system wakes the thread whose number it is sent to. The first thread sleeps: where it happens to be
    // awake it may take the signal, and tells an end of its own, or none where it was about to tell something.
    process.kill(thread, signal);
    const outcome = await session.wait(cellId);
    expect(outcome).toMatchObject({
      status: "failed",
      error: { code: expect.stringMatching(/^ERR_CELL_(HOST_LOST|ENGINE)$/) },
    });
    const { error } = outcome as { error: { signal?: string } };
    expect([signal, "SIGSEGV", "SIGABRT", undefined]).toContain(error.signal);
  });
});

function isCell(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, "latin1") === "codecell-cell\n";
  } catch {
    return false; // It has ended.
  }
}

/** The threads of a process besides its first. */
function threadsOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map(Number)
      .filter((thread) => thread !== pid);
  } catch {
    return []; // It has ended.
  }
}
