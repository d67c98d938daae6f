import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { getBinding } from "../../src/backend/addon/binding.js";
import { type CellOutcome, createCodeMode } from "../../src/index.js";
import { failedOf, openSession, run, runToTexts, textsOf } from "../support/cells.js";

/** Waits until as many isolates are kept ready, or being made, as said. */
async function spares(count: number): Promise<void> {
  while (getBinding().spareCount() !== count) await nextTurn();
}

const describeRealm = `
  const seen = new Set();
  const lines = [];
  const visit = (path, value) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null) {
      lines.push(path + " " + typeof value + " " + String(value).slice(0, 80));
      return;
    }
    if (seen.has(value)) return;
    seen.add(value);
    for (const key of Reflect.ownKeys(value)) {
      const { value: inner, get, set, ...flags } = Object.getOwnPropertyDescriptor(value, key);
      const name = path + "." + String(key);
      lines.push(name + JSON.stringify(flags) + typeof get + typeof set);
      if (path + "." + String(key) !== "globalThis.tools") visit(name, inner);
    }
    visit(path + ".__proto__", Object.getPrototypeOf(value));
  };
  visit("globalThis", globalThis);
  text(lines.join("\\n"));
  text(new Error("here").stack);
  text(RegExp.lastMatch + RegExp.$1);`;

describe("an isolate that was ready", () => {
  test("shows a cell what a fresh one shows, and nothing of its warming up", async () => {
    const fresh = await runToTexts(describeRealm, { prewarm: 0 });
    await using codeMode = createCodeMode({ prewarm: 1 });
    await spares(1);
    const ready = textsOf(await codeMode.openSession().exec(describeRealm));
    expect(ready).toEqual(fresh);
    expect(ready[0]).toContain("globalThis.text");
  });

  test("serves one cell and is replaced", async () => {
    await using codeMode = createCodeMode({ prewarm: 2 });
    const session = codeMode.openSession();
    for (let i = 0; i < 20; i += 1) {
      const texts = textsOf(
        await session.exec(
          "text(typeof globalThis.left); globalThis.left = 1; Array.prototype.x = 1;",
        ),
      );
      expect(texts).toEqual(["undefined"]);
    }
    await spares(2);
  });

  test("tells the events of a cell in order, `started` first", async () => {
    await using codeMode = createCodeMode({ prewarm: 1, tools: { one: { execute: () => 1 } } });
    await spares(1);
    const events: string[] = [];
    const outcome = await codeMode.openSession().exec("text(await tools.one());", {
      onEvent: (event) => void events.push(event.type),
    });
    expect(outcome.status).toBe("completed");
    expect(events).toEqual(["started", "toolCallStarted", "toolCallSettled", "output", "ended"]);
  });

  test("can be stopped from the event that tells of its start", async () => {
    await using codeMode = createCodeMode({ prewarm: 1 });
    const session = codeMode.openSession();
    await spares(1);
    const outcome = await session.exec("for (;;) {}", {
      onEvent: (event) => {
        if (event.type === "started") void session.terminate(event.cellId);
      },
    });
    expect(outcome).toMatchObject({ status: "terminated", reason: "requested" });
  });

  test("holds the limits, tools, modules and values of the cell it is given", async () => {
    await using codeMode = createCodeMode({ prewarm: 4 });
    const session = codeMode.openSession({
      limits: { arrayBufferBytes: 1000, evalBytes: 100, outputItems: 5, timers: 1 },
      tools: Object.fromEntries(
        Array.from({ length: 300 }, (_, i) => [`tool_${i}`, { execute: () => i }]),
      ),
      modules: { mine: { answer: 42 } },
      console: "logs",
    });
    await session.exec('store("kept", [1]);');
    const source = `
      import { answer } from "mine";
      import { tool_7 } from "tools.js";
      text([answer, await tool_7(), await tools.tool_299(), ALL_TOOLS.length, load("kept")]);
      console.log("line");
      for (const attempt of [
        () => new ArrayBuffer(1001),
        () => eval("1;".repeat(100)),
        () => { setTimeout(() => {}, 1); setTimeout(() => {}, 1); },
      ]) {
        try { attempt(); } catch (error) { text(error.name); }
      }
      for (;;) text("more");`;
    const outcome = failedOf(await session.exec(source));
    expect(outcome.error.code).toBe("ERR_CELL_OUTPUT_ITEMS_LIMIT");
    expect(outcome.output.map((item) => "text" in item && item.text)).toEqual([
      "[42,7,299,300,[1]]",
      "RangeError",
      "EvalError",
      "RangeError",
    ]);
  });

  test("finds the tools of the cell it is given", async () => {
    await using codeMode = createCodeMode({ prewarm: 1, tools: { one: { execute: () => 1 } } });
    const session = codeMode.openSession();
    const source = `
      text((await search_tools("")).map(({ name }) => name));
      text((await describe_tool("two").catch(({ message }) => ({ name: message }))).name);`;
    await spares(1);
    const missed = 'There is no tool "two"; search_tools finds tools by words.';
    expect(textsOf(await session.exec(source))).toEqual(['["one"]', missed]);
    await spares(1);
    const two = { tools: { two: { execute: () => 2 } } };
    expect(textsOf(await session.exec(source, two))).toEqual(['["one","two"]', "two"]);
  });

  test("counts no processor time from before the cell", async () => {
    await using codeMode = createCodeMode({ prewarm: 1, limits: { cpuMs: 200 } });
    await spares(1);
    const outcome = failedOf(await codeMode.openSession().exec("for (;;) {}"));
    expect(outcome.error).toMatchObject({ code: "ERR_CELL_CPU_LIMIT", limit: { allowed: 200 } });
    expect(outcome.usage.cpuMs).toBeGreaterThan(199);
  });

  test("is terminated like any other", async () => {
    await using codeMode = createCodeMode({ prewarm: 1 });
    const session = codeMode.openSession();
    await spares(1);
    const running = await session.exec("for (;;) {}", { yieldAfterMs: 0 });
    expect(running.status).toBe("yielded");
    expect(await session.terminate(running.cellId)).toMatchObject({ status: "terminated" });
  });
});

describe("isolates are kept ready", () => {
  test("as many as asked", async () => {
    await using _codeMode = createCodeMode({ prewarm: 5 });
    await spares(5);
  });

  test("none where none are wanted", async () => {
    await using session = openSession({ prewarm: 0 });
    await session.exec("text(1)");
    expect(getBinding().spareCount()).toBe(0);
  });

  test("one by itself, and more after execs that found none", async () => {
    await using codeMode = createCodeMode();
    await spares(1);
    const session = codeMode.openSession();
    await Promise.all(Array.from({ length: 6 }, () => session.exec("text(1)")));
    await spares(4);
  });

  test("for other heap limits once a cell has had them", async () => {
    await using codeMode = createCodeMode({ prewarm: 1 });
    const session = codeMode.openSession();
    const source = 'const kept = []; for (;;) kept.push("x".repeat(1000) + kept.length);';
    for (let i = 0; i < 2; i += 1) {
      const heapBytes = 20 * 1024 * 1024;
      const outcome = failedOf(await session.exec(source, { limits: { heapBytes } }));
      expect(outcome.error).toMatchObject({
        code: "ERR_CELL_HEAP_LIMIT",
        limit: { allowed: heapBytes },
      });
      await spares(2);
    }
    // Every size that comes by would be too many.
    for (let size = 30; size < 40; size += 1) {
      await session.exec("text(1)", { limits: { heapBytes: size * 1024 * 1024 } });
    }
    await spares(4);
  });

  test("until the runtime is closed, also while they are being made", async () => {
    for (let i = 0; i < 30; i += 1) {
      const codeMode = createCodeMode({ prewarm: 3 });
      if (i % 3 > 0) await codeMode.openSession().exec("text(1)");
      if (i % 3 > 1) await spares(3);
      await codeMode.close();
      expect(getBinding().spareCount()).toBe(0);
      expect(getBinding().threadCount()).toBe(0);
    }
  });

  test("for execs that come while one is being made", async () => {
    for (let i = 0; i < 30; i += 1) {
      await using codeMode = createCodeMode({ prewarm: 1 });
      const session = codeMode.openSession();
      for (let turns = 0; turns < i; turns += 1) await nextTurn();
      expect(textsOf(await session.exec("text(1)"))).toEqual(["1"]);
    }
  });

  test("for all runtimes together that are never closed", async () => {
    const forgotten = Array.from({ length: 50 }, () => createCodeMode());
    await spares(1);
    for (const codeMode of forgotten) await codeMode.openSession().exec("text(1)");
    expect(getBinding().spareCount()).toBeLessThanOrEqual(8);
    await Promise.all(forgotten.map((codeMode) => codeMode.close()));
    expect(getBinding().spareCount()).toBe(0);
  });

  // The last one: for five seconds after it none are made.
  test("not while the process has more memory than it may", async () => {
    await using codeMode = createCodeMode({ prewarm: 2, limits: { rssBytes: 16 * 1024 * 1024 } });
    const session = codeMode.openSession();
    await spares(2);
    // Any process has more than 16 MiB, so the first cell that is there for a while meets the limit.
    const outcome = failedOf(await session.exec("for (;;) {}"));
    expect(outcome.error.code).toBe("ERR_CELL_MEMORY_LIMIT");
    await spares(0);
    // Those that were given up may be asked for before it is known; closing waits for them all the same.
    const more = await Promise.all(Array.from({ length: 4 }, () => session.exec("for (;;) {}")));
    expect(more.map((one) => failedOf(one).error.code)).toEqual(
      Array.from({ length: 4 }, () => "ERR_CELL_MEMORY_LIMIT"),
    );
  });
});

test("what a cell has handed out reaches its host while it computes on", async () => {
  await using session = openSession();
  let cell: Promise<CellOutcome> | undefined;
  await new Promise<void>((seen) => {
    cell = session.exec('text("first"); for (;;) {}', {
      onEvent: (event) => {
        if (event.type === "output") seen();
      },
    });
  });
  await session.close();
  expect(await cell).toMatchObject({ status: "terminated", output: [{ text: "first" }] });
});

test("a cell's source that is too long is refused where the isolate was ready", async () => {
  const outcome = await run("text(1);".repeat(100), { limits: { sourceBytes: 100 } });
  expect(failedOf(outcome).error.code).toBe("ERR_CELL_SOURCE_LIMIT");
});
