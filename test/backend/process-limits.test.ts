import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CodeMode, createCodeMode } from "../../src/index.js";
import { processHosts } from "../support/process-hosts.js";

const mebibyte = 1024 * 1024;

describe.each(processHosts)("the limits of a cell in a %s of its own", (processHost) => {
  let mode: CodeMode;
  beforeAll(() => {
    // Each exec waits for its cell's end, however slow the machine is.
    mode = createCodeMode({ isolation: "process", processHost, prewarm: 1, yieldAfterMs: 600_000 });
  });
  afterAll(() => mode.close());

  test("a single allocation that is far too large ends the cell alone", async () => {
    const session = mode.openSession({ limits: { heapBytes: 32 * mebibyte } });
    const outcome = await session.exec('text("said"); new Array(2 ** 25).fill(0.5);');
    expect(outcome).toMatchObject({
      status: "failed",
      output: [{ text: "said" }],
      error: { code: expect.stringMatching(/^ERR_CELL_(HEAP_LIMIT|MEMORY_LIMIT|HOST_LOST)$/) },
    });
    expect(outcome).not.toHaveProperty("orphaned");
  });

  test("a process that has more memory than its cell may use is ended", async () => {
    const limits = { heapBytes: 16 * mebibyte, arrayBufferBytes: 16 * mebibyte };
    const session = mode.openSession({ limits });
    // What ICU takes is no heap of the engine's.
    const source = "const all = []; for (;;) all.push(new Intl.DateTimeFormat('de'));";
    expect(await session.exec(source)).toMatchObject({
      status: "failed",
      error: { code: expect.stringMatching(/^ERR_CELL_(MEMORY|HEAP)_LIMIT$/) },
    });
  });

  test("a builtin that no engine can interrupt is ended all the same, and leaves no orphan", async () => {
    const session = mode.openSession({ limits: { cpuMs: 50 } });
    const source = 'text("in"); Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);';
    const outcome = await session.exec(source);
    expect(outcome).toMatchObject({
      status: "failed",
      output: [{ text: "in" }],
      error: { code: "ERR_CELL_CPU_LIMIT", limit: { name: "cpuMs", allowed: 50 } },
    });
    // Its process did not live to tell it.
    expect("usage" in outcome && outcome.usage.cpuMs).toBeGreaterThan(0);
    expect(outcome).not.toHaveProperty("orphaned");
  });

  test("a cell that has run for too long has failed, with its output", async () => {
    const session = mode.openSession({ limits: { wallMs: 3_000 } });
    const outcome = await session.exec(
      'text("said"); await new Promise(() => setTimeout(() => {}, 1e6))',
    );
    expect(outcome).toMatchObject({
      status: "failed",
      output: [{ text: "said" }],
      error: { code: "ERR_CELL_WALL_LIMIT" },
    });
  });

  test("large values are kept, and texts of every kind come as they are", async () => {
    const session = mode.openSession();
    const source = `
      store("large", "é".repeat(2_000_000));
      store("wide", "€".repeat(1_000_000));
      text("\\ud83d\\ude00\\u0000ü");`;
    expect(await session.exec(source)).toMatchObject({
      status: "completed",
      output: [{ text: "😀\u0000ü" }],
    });
    const { large, wide } = await session.storedValues();
    expect(large === "é".repeat(2_000_000) && wide === "€".repeat(1_000_000)).toBe(true);
    const next = await session.exec('text(load("large").length + load("wide").length)');
    expect(next).toMatchObject({ status: "completed", output: [{ text: "3000000" }] });
  });
});
