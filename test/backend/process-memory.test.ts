import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProcessEnd, ProcessSource } from "../../src/backend/process/cell-process.js";
import { chooseSource } from "../../src/backend/process/choose-source.js";
import { ProcessBackend } from "../../src/backend/process/process-backend.js";
import { cellOptions, StartedCell } from "../support/backend-cell.js";

const mebibyte = 1024 * 1024;
const rssBytes = 160 * mebibyte;
const heapBytes = 1024 * mebibyte;
const limits = { rssBytes, heapBytes, arrayBufferBytes: 2 * heapBytes };
/** What a process may have above `rssBytes` (docs/limits.md). */
const slackBytes = 16 * mebibyte;
/** Pages of Node's program that it may use besides, which it shares with all other processes. */
const sharedBytes = 16 * mebibyte;

const { source } = chooseSource({ processHost: "zygote", sandbox: "required" });

describe.skipIf(source === undefined)("the memory of a forked process", () => {
  const ends: ProcessEnd[] = [];
  let backend: ProcessBackend;
  beforeAll(() => {
    const chosen = { source: noting(source as ProcessSource, ends), notes: [] };
    backend = new ProcessBackend({ chosen, prewarm: 0, heapBytes, needsSandbox: true });
  });
  afterAll(() => backend.close());

  test.each([
    ["one buffer", "new Uint8Array(2 ** 30).fill(1);"],
    ["many buffers", "for (const kept = []; ; ) kept.push(new Uint8Array(2 ** 23).fill(1));"],
    ["one flat text", '/z/.test("漢x".repeat(2 ** 27));'],
    ["one array", "new Array(2 ** 25).fill(0.5);"],
    ["many arrays", "for (const kept = []; ; ) kept.push(new Array(2 ** 18).fill(0.5));"],
    ["a sort", "Array.from({ length: 2 ** 24 }, (_, i) => -i).sort();"],
  ])("stays within its bound, and the cell fails: %s", async (_what, program) => {
    const cell = new StartedCell(backend, cellOptions(`text("said"); ${program}`, { limits }));
    await cell.last;
    const end = ends.at(-1);
    expect(cell.texts).toEqual(["said"]);
    const { settled } = await cell.seen("settled");
    expect(settled.status).toBe("failed");
    // The heap has a GiB: whatever was refused was not refused for its limit.
    expect(settled.error).not.toMatchObject({ limit: "heapBytes" });
    expect(end?.maxResidentBytes).toBeLessThan(rssBytes + slackBytes + sharedBytes);
  });
});

/** The same source, which notes how its processes have ended. */
function noting(source: ProcessSource, ends: ProcessEnd[]): ProcessSource {
  return {
    host: source.host,
    name: `${source.name}, noted`,
    noSandboxReason: source.noSandboxReason,
    acquire: () => source.acquire(),
    release: () => source.release(),
    start(listener, heap) {
      const noted = {
        onBytes: (bytes: Buffer): void => listener.onBytes(bytes),
        onGone(end: ProcessEnd): void {
          ends.push(end);
          listener.onGone(end);
        },
      };
      return source.start(noted, heap);
    },
  };
}
