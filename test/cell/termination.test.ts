import { describe, expect, test } from "vitest";
import { getBinding } from "../../src/backend/addon/binding.js";
import { EventLog, enter, Held, openSession, shownBy, start, textsOf } from "../support/cells.js";
import { runProgram } from "../support/child.js";

const hang = { execute: (): Promise<never> => new Promise(() => {}) };

describe("a cell is terminated", () => {
  test.each([
    ["in a loop", "for (;;) {}"],
    [
      "in a loop that catches everything",
      "for (;;) { try { for (;;) {} } catch {} finally { continue; } }",
    ],
    [
      "in a microtask storm",
      "const again = () => Promise.resolve().then(again); again(); await new Promise(() => {});",
    ],
    ["in an await loop", "for (;;) await null;"],
    [
      "in an await loop that catches",
      "for (;;) { try { await null; } catch {} finally { continue; } }",
    ],
    ["in a thenable that resolves with itself", "const t = { then(go) { go(t); } }; await t;"],
    ["in a backtracking regular expression", '/^(a+)+$/.test("a".repeat(40) + "b");'],
    ["in a calculation with a very long number", "7n ** 300_000_000n;"],
    // Until it awaits, V8 up to 12 cannot be stopped in every builtin.
    ["in one before a module's first await", "7n ** 300_000_000n; await null;"],
    [
      "in a chain of timers",
      "const next = () => setTimeout(next); next(); await new Promise(() => {});",
    ],
    [
      "in many timers that loop",
      "for (let i = 0; i < 9; i++) setTimeout(() => { for (;;); }); await new Promise(() => {});",
    ],
    ["while it sleeps", "await new Promise((go) => setTimeout(go, 1e9));"],
    ["while it waits for nothing", "await new Promise(() => {});"],
    ["while a tool is at work", "await tools.hang();"],
    ["in a getter inside text", "text({ get a() { for (;;); } });"],
    ["in a toJSON inside a tool's input", "tools.hang({ toJSON() { for (;;); } });"],
    ["in a toString inside store", "store({ toString() { for (;;); } }, 1);"],
    ["in a proxy inside image", "image(new Proxy({}, { get() { for (;;); } }));"],
    [
      "in an iterable inside content",
      'content((function* () { for (;;) yield { type: "text", text: "" }; })());',
    ],
    ["in a sort comparator", "[3, 2, 1].sort(() => { for (;;); });"],
    [
      "in a generator's finally",
      "(function* () { try { yield 1; } finally { for (;;); } })().return; for (const x of (function* () { try { yield 1; } finally { for (;;); } })()) break;",
    ],
    [
      "in each getter of what it throws",
      "throw { get name() { for (;;); }, get message() { for (;;); }, get stack() { for (;;); } };",
    ],
    ["in code made from a string", 'new Function("for (;;);")();'],
    ["in a host module", 'await import("endless");'],
  ])("%s", async (_where, source) => {
    await using session = openSession({
      tools: { hang },
      modules: { endless: "for (;;);" },
      deadlock: "wait",
    });
    const id = await enter(session, source);
    const outcome = await session.terminate(id);
    expect(outcome).toMatchObject({ status: "terminated", reason: "requested", cellId: id });
    expect(outcome).not.toHaveProperty("orphaned");
    expect(getBinding().threadCount()).toBe(0);
  });

  test("before its code has started", async () => {
    await using session = openSession();
    for (let i = 1; i <= 100; i += 1) {
      const exec = session.exec("for (;;) {}");
      expect(await session.terminate(String(i))).toMatchObject({
        status: "terminated",
        output: [],
      });
      expect(await exec).toMatchObject({ status: "terminated" });
    }
    expect(getBinding().threadCount()).toBe(0);
  });

  test("while a large source is compiled", async () => {
    await using session = openSession();
    const functions = Array.from(
      { length: 50_000 },
      (_, i) => `function f${i}(a) { return [a, ${i}].map((b) => b + ${i}); }`,
    );
    const exec = session.exec(`${functions.join("\n")}\nfor (;;) {}`);
    expect(await session.terminate("1")).toMatchObject({ status: "terminated" });
    expect(await exec).toMatchObject({ status: "terminated" });
  });

  test("at any moment of a short life", async () => {
    await using session = openSession({ tools: { hang: { execute: () => null } } });
    const source = "for (let i = 0; i < 20; i++) { text(i); await tools.hang(); yield_control(); }";
    for (let i = 1; i <= 200; i += 1) {
      const exec = session.exec(source);
      for (let turn = 0; turn < i % 20; turn += 1) await new Promise((go) => setImmediate(go));
      const [ended, first] = await Promise.all([session.terminate(String(i)), exec]);
      // Its exec has the same end, or what was output before it: each text is told once, and none is lost.
      if (first.status !== "yielded") expect(first).toEqual(ended);
      const told = [...(first.status === "yielded" ? shownBy(first) : []), ...shownBy(ended)];
      expect(told).toEqual(told.map((_, n) => String(n)));
      if (ended.status === "terminated") expect(ended.reason).toBe("requested");
      else expect([ended.status, told.length]).toEqual(["completed", 20]);
    }
    await session.close();
    expect(getBinding().threadCount()).toBe(0);
  });
});

describe("terminating", () => {
  test("returns output that was not observed, and runs no catch and no finally", async () => {
    const log = new EventLog();
    await using session = openSession({ tools: { hang }, onEvent: log.push });
    const source = `
      text("seen"); yield_control(); text("unseen");
      try { await tools.hang(); } catch { text("catch"); } finally { text("finally"); }`;
    const first = await session.exec(source);
    await log.seen("toolCallStarted");
    const last = await session.terminate("1");
    expect([first, last].map(shownBy)).toEqual([["seen"], ["unseen"]]);
  });

  test("twice gives both the one end", async () => {
    await using session = openSession();
    const id = await start(session, "for (;;) {}");
    const [one, two] = await Promise.all([session.terminate(id), session.terminate(id)]);
    expect(two).toEqual(one);
    expect(await session.terminate(id)).toEqual({ status: "missing", cellId: id, reason: "given" });
  });

  test("a cell that has ended gives that end", async () => {
    await using session = openSession();
    const log = new EventLog();
    const id = await start(session, 'text("done")', { onEvent: log.push });
    await log.seen("ended");
    expect(textsOf(await session.terminate(id))).toEqual(["done"]);
  });

  test("does not wait for a notification the host never takes", async () => {
    const log = new EventLog();
    await using session = openSession({ onNotify: () => new Promise(() => {}), onEvent: log.push });
    const exec = session.exec('notify("a"); for (;;) {}');
    await log.seen("notify");
    expect(await session.terminate("1")).toMatchObject({ status: "terminated" });
    await exec;
  });

  test("happens when an exec's signal is aborted, also after it has yielded", async () => {
    await using session = openSession();
    const early = AbortSignal.abort();
    expect(await session.exec("for (;;) {}", { signal: early })).toMatchObject({
      status: "terminated",
      reason: "aborted",
    });
    const abort = new AbortController();
    const log = new EventLog();
    const id = await start(session, "for (;;) {}", { signal: abort.signal, onEvent: log.push });
    abort.abort();
    await log.seen("ended");
    expect(await session.wait(id)).toMatchObject({ status: "terminated", reason: "aborted" });
  });

  test("leaves the other cells alone", async () => {
    const held = new Held<string>();
    await using session = openSession({ tools: { hold: { execute: () => held.promise } } });
    const other = session.exec("text(await tools.hold())");
    const id = await start(session, "for (;;) {}");
    await session.terminate(id);
    held.resolve("unharmed");
    expect(textsOf(await other)).toEqual(["unharmed"]);
  });

  test("closing a session ends its fifty cells and their threads", async () => {
    const session = openSession({ tools: { hang }, deadlock: "wait" });
    const sources = [
      "for (;;) {}",
      "await tools.hang();",
      "for (;;) await null;",
      "await new Promise(() => {});",
    ];
    const cells = Array.from({ length: 50 }, (_, i) => session.exec(sources[i % 4] ?? ""));
    await session.close();
    expect(getBinding().threadCount()).toBe(0);
    for (const outcome of await Promise.all(cells)) {
      expect(outcome).toMatchObject({ status: "terminated", reason: "closed" });
    }
  });
});

describe("a builtin that the engine cannot interrupt", () => {
  test("is cut off after the grace, and the process ends with its own code", async () => {
    const { stdout, ...end } = await runProgram("orphan", ["7"]);
    expect(end).toEqual({ code: 7, signal: null, stderr: "" });
    const { afterMs, orphans, next, ...outcome } = JSON.parse(stdout);
    expect(outcome).toEqual({
      status: "terminated",
      reason: "requested",
      orphaned: true,
      output: ["before"],
    });
    expect(afterMs).toBeGreaterThanOrEqual(240);
    expect(orphans).toBe(1);
    expect(next).toEqual(["alive"]);
  });
});
