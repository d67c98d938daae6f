import { describe, expect, test } from "vitest";
import { createModelTools } from "../../src/index.js";
import { Held, openSession } from "../support/cells.js";
import { answeredTexts, modelTools, statusOf } from "../support/model.js";

/** Settles when its cell has ended. */
const slow = {
  execute: (_input: unknown, { signal }: { signal: AbortSignal }) => settledBy(signal),
};

/** Tools that a program may forget to await. */
const tools = {
  slow,
  other: slow,
  quick: { execute: async () => "done" },
  failing: {
    execute: async () => {
      throw new Error("no such thing");
    },
  },
};

function settledBy(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve("late"), { once: true });
  });
}

async function notesOf(code: string): Promise<readonly string[]> {
  const result = await modelTools({}, { tools }).exec.execute({ code });
  return answeredTexts(result);
}

const silence = "Note: the script handed nothing out. text(value) hands out what you want to read.";
const await_ = "Await every call whose work or result you need.";

describe("what a script lost without an error stands below its output", () => {
  test.each<[what: string, code: string, texts: readonly string[]]>([
    ["a value that was not handed out", "const sum = 1 + 1;", [silence]],
    [
      "a call that was not awaited",
      'tools.slow().then(text); text("a");',
      [
        "a",
        `Note: a tool call (slow) was still open when the script ended, and was dropped. ${await_}`,
      ],
    ],
    [
      "calls in a function that was not awaited",
      'text("a"); (async () => { text(await Promise.all([tools.slow(), tools.slow({})])); })();',
      [
        "a",
        `Note: 2 tool calls (slow) were still open when the script ended, and were dropped. ${await_}`,
      ],
    ],
    [
      "a failed call that nothing awaited",
      'tools.failing({}); await tools.quick({}); text("a");',
      ["a", "Note: a promise was rejected and nothing handled it: ToolError: no such thing"],
    ],
    [
      "many rejections",
      'for (let i = 0; i < 5; i += 1) Promise.reject(new Error("e" + i)); text("a");',
      [
        "a",
        [
          ...[0, 1, 2].map(
            (i) => `Note: a promise was rejected and nothing handled it: Error: e${i}`,
          ),
          "Note: 2 more rejections were not handled.",
        ].join("\n"),
      ],
    ],
  ])("%s", async (_what, code, texts) => {
    expect(await notesOf(code)).toEqual(texts);
  });

  test("a rejection of any length is one short line", async () => {
    const [, note = ""] = await notesOf('Promise.reject("x".repeat(9999) + "\\ny"); text("a");');
    expect(note.length).toBeLessThan(300);
    expect(note).not.toContain("\n");
  });

  test.each([
    ["handed out its result", 'text("a");'],
    ["handed out an empty text", 'text("");'],
    ["handed out an image", 'image("data:image/png;base64,AAAA");'],
    ["awaited its calls", "text(await tools.quick()); try { await tools.failing(); } catch {}"],
  ])("nothing stands there where a script has %s", async (_what, code) => {
    const texts = await notesOf(code);
    expect(texts.filter((text) => text.includes("Note:"))).toEqual([]);
  });

  test("what was handed out before a yield counts", async () => {
    const { exec, wait } = modelTools({}, { tools });
    await exec.execute({ code: 'text("a"); yield_control(); await tools.quick();' });
    const end = await wait.execute({ cell_id: "1" });
    expect([statusOf(end), ...answeredTexts(end)]).toEqual(["Script completed"]);
  });

  test("a failed script is told of the calls it left open, without advice", async () => {
    expect(await notesOf("tools.slow(); null.x;")).toEqual([
      expect.stringContaining("Script error:\nTypeError"),
      "Note: a tool call (slow) was still open when the script ended, and was dropped.",
    ]);
  });

  test("a terminated script is told nothing of calls that its end has aborted", async () => {
    const { exec, wait } = modelTools({}, { tools });
    await exec.execute({ code: "await tools.slow();", yield_time_ms: 0 });
    const end = await wait.execute({ cell_id: "1", terminate: true });
    expect([statusOf(end), ...answeredTexts(end)]).toEqual(["Script terminated"]);
  });

  test("an outcome lists the dropped calls as a warning", async () => {
    const { outcome } = await modelTools({}, { tools }).exec.execute({
      code: "text(1); tools.slow(); tools.slow(); tools.other();",
    });
    expect(outcome).toMatchObject({
      warnings: [{ type: "toolCallsDropped", count: 3, tools: ["slow", "other"] }],
    });
  });
});

describe("code that is not for a cell fails with what to use instead", () => {
  test.each([
    ["await fetch('x');", "fetch is not defined", "A cell has no network"],
    ["const fs = require('fs');", "require is not defined", "nothing of Node"],
    ["text(process.env.HOME);", "process is not defined", "nothing of Node"],
    ["document.title;", "document is not defined", "not in a page"],
    ["ls -la", "ls is not defined", "not a shell"],
    ["git status", "SyntaxError", "not a shell"],
    ["$ npm install", "SyntaxError", "not a shell"],
    ["cat README.md | head", "SyntaxError", "not a shell"],
    ["print('a')", "print is not defined", "not Python"],
    ["def f(x):\n    return x", "SyntaxError", "not Python"],
    ["import os", "SyntaxError", "not Python"],
    ["import fs from 'node:fs';", "Unsupported import", "cannot import packages or files"],
    ["await import('lodash');", "Unsupported import", "cannot import packages or files"],
    ["await quick();", "quick is not defined", "await tools.quick({…})"],
  ])("%j", async (code, error, hint) => {
    const [text = ""] = await notesOf(code);
    expect(text).toContain(error);
    expect(text).toContain(hint);
    expect(text.split("\n").at(-1)).toContain(hint);
  });

  test("as does a console where there is none", async () => {
    const { exec } = modelTools({}, { console: false });
    const [text] = answeredTexts(await exec.execute({ code: "console.log(1);" }));
    expect(text).toContain("console is not defined");
    expect(text).toContain("A cell has no console");
  });

  test.each([
    "null.x;",
    "missing();",
    'throw new Error("console is not defined");',
    "const ls = 1; ls.x.y;",
  ])("an error that says enough stays as it is: %j", async (code) => {
    const [text = ""] = await notesOf(code);
    expect(text).not.toContain("cell, not");
    expect(text).not.toContain("ALL_TOOLS");
  });
});

describe("a script that still runs", () => {
  test("and waits for approval of many tools names some of them, each once", async () => {
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    const asking = Object.fromEntries(
      names.map((name) => [name, { approval: "ask" as const, execute: () => name }]),
    );
    const code = `const calls = ${JSON.stringify([...names, "a"])}.map((name) => tools[name]({}));
      yield_control(); await Promise.all(calls);`;
    const decision = new Held<boolean>();
    const session = openSession({
      tools: { ...tools, ...asking },
      onApproval: () => decision.promise,
    });
    const { exec, wait } = createModelTools(session);
    expect(answeredTexts(await exec.execute({ code }))).toEqual([
      "Note: the script waits for approval of tools.a, tools.b, tools.c, tools.d, tools.e and 2 more.",
    ]);
    decision.resolve(true);
    const ended = await wait.execute({ cell_id: "1" });
    expect(ended.outcome).toMatchObject({ status: "completed" });
    expect(ended.outcome).not.toHaveProperty("pendingApprovals");
    await session.close();
  });

  test("and waits for nothing has no note", async () => {
    const code = 'text("a"); yield_control(); await tools.slow({});';
    const result = await modelTools({}, { tools }).exec.execute({ code });
    expect(answeredTexts(result)).toEqual(["a"]);
    expect(result.outcome).not.toHaveProperty("pendingApprovals");
  });
});
