import { describe, expect, test } from "vitest";
import {
  completedOf,
  enter,
  failedOf,
  openSession,
  run,
  runToError,
  runToTexts,
} from "../support/cells.js";

describe("a syntax error", () => {
  test.each<readonly [string, number, number, string]>([
    ["text(1);\nlet x = ;", 2, 9, "Unexpected token ';'"],
    ['text("é漢😀"); )', 1, 15, "Unexpected token ')'"],
    ["\tlet let = 1;", 1, 6, "Unexpected strict mode reserved word"],
    ["const a = 1;\r\nconst a = 2;", 2, 7, "Identifier 'a' has already been declared"],
    ["{\n", 2, 1, "Unexpected end of input"],
    ['"\\u{110000}"', 1, 2, "Undefined Unicode code-point"],
    ["/(/", 1, 1, "Invalid regular expression: /(/: Unterminated group"],
  ])("%j shows its line and column", async (source, line, column, message) => {
    const error = await runToError(source);
    const sourceLine = source.split(/\r?\n/)[line - 1];
    expect(error).toMatchObject({
      code: "ERR_CELL_SCRIPT",
      name: "SyntaxError",
      message,
      position: { line, column, sourceLine },
    });
    expect(error.text).toBe(
      `SyntaxError: ${message}\n    at exec_main.mjs:${line}:${column}\n\n  ${sourceLine}\n  ${" ".repeat(column - 1)}^`,
    );
  });

  test("in a line of a megabyte shows what is around it", async () => {
    const error = await runToError(`${"0;".repeat(5e5)}let let;${"0;".repeat(5e5)}`);
    expect(error.position).toMatchObject({ line: 1, column: 1_000_005 });
    expect(error.text.length).toBeLessThan(1000);
    expect(error.text).toContain("let let;");
  });
});

describe("the text of an error", () => {
  test.each<readonly [string, string]>([
    ["throw 'plain'", "plain"],
    ["throw undefined", "undefined"],
    ["throw null", "null"],
    ["throw -0", "0"],
    ["throw 10n", "10"],
    ["throw Symbol('s')", "Symbol(s)"],
    ["throw { a: 1 }", '{"a":1}'],
    ["throw [1, [2]]", "1,2"],
    ["throw { toString: () => 'own' }", "own"],
    ["throw { stack: 'own stack' }", "own stack"],
    ["throw function named() {}", "function named() {}"],
    ["const e = new Error('x'); e.stack = 5; throw e", "Error: x"],
    ["const e = new Error('x'); e.stack = ''; throw e", ""],
    ["const e = new RangeError('x'); delete e.stack; throw e", "RangeError: x"],
  ])("of `%s` is %j", async (source, text) => {
    expect((await runToError(source)).text).toBe(text);
  });

  test.each([
    "throw Object.create(null)",
    "throw { toString() { throw 1; } }",
    "throw { toString: 5, valueOf: 5 }",
    "throw new Proxy({}, { get() { throw new Error('get'); } })",
    "const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy",
    "const { proxy, revoke } = Proxy.revocable(function () {}, {}); revoke(); throw proxy",
    "throw { get stack() { throw this; }, get message() { throw this; }, get name() { throw this; } }",
    "const a = []; a[0] = a; throw a",
    "const a = {}; a.a = a; throw a",
    "throw { [Symbol.toPrimitive]() { throw 1; } }",
    "throw Object.defineProperty(new Error('x'), 'stack', { get() { throw new Error('y'); } })",
    "class E extends Error { get name() { throw 1; } get message() { throw 2; } get cause() { throw 3; } } throw new E()",
    "throw Object.assign(new AggregateError([]), { errors: new Proxy([], { get() { throw 1; } }) })",
    "throw new AggregateError([Object.create(null)], 'm', { cause: Symbol('c') })",
    "Error.prepareStackTrace = () => { throw new Error('again'); }; throw new Error('x')",
    "Error.prepareStackTrace = () => Symbol('s'); null.x",
    "Error.stackTraceLimit = 0; throw new Error('x')",
    "delete Error.stackTraceLimit; throw new Error('x')",
    "Object.prototype.stack = 5; Object.prototype.cause = {}; throw {}",
    "Object.defineProperty(Object.prototype, 'cause', { get() { throw 1; } }); throw new Error('x')",
    "Error.prototype.toString = () => { throw 1; }; Error.prototype.name = Symbol('n'); throw new Error('x')",
    "JSON.stringify = () => { throw 1; }; throw { a: 1 }",
  ])("of `%s` is something, and the session goes on", async (source) => {
    await using session = openSession();
    const { error } = failedOf(await session.exec(source));
    expect(error.code).toBe("ERR_CELL_SCRIPT");
    expect(error.text).not.toBe("");
    expect(completedOf(await session.exec('text("alive")')).output).toHaveLength(1);
  });

  test("shows eight causes at most", async () => {
    const source =
      'let e = new Error("0"); for (let i = 1; i < 30; i++) e = new Error("e" + i, { cause: e }); throw e;';
    const { text } = await runToError(source);
    expect(text.split("[cause]: ")).toHaveLength(9);
    expect(text).toContain("e21");
    expect(text).not.toContain("e20");
  });

  test.each([0, 1])(
    "is never cut through a character, where %i stands before many",
    async (pad) => {
      const many = `"x".repeat(${pad}) + "😀".repeat(70_000)`;
      for (const source of [
        `throw new Error(${many});`,
        `const e = new Error(); e.stack = ${many}; throw e;`,
        `throw new Error("outer", { cause: new Error(${many}) });`,
      ]) {
        const { text, message } = await runToError(source);
        expect(text.length).toBeGreaterThan(60_000);
        expect(text).toMatch(/😀…+$/u);
        // What is left of half a character.
        expect(text + message).not.toContain("\uFFFD");
      }
    },
  );

  test("shows causes and inner errors, each with its place", async () => {
    const source = `
      const inner = new RangeError("inner", { cause: { code: 7 } });
      throw new AggregateError([new Error("one"), "two"], "many", { cause: inner });`;
    const error = await runToError(source);
    expect(error.text).toBe(
      [
        "AggregateError: many",
        "    at exec_main.mjs:3:13",
        "  [errors.0]: Error: one",
        "      at exec_main.mjs:3:33",
        "  [errors.1]: two",
        "  [cause]: RangeError: inner",
        "      at exec_main.mjs:2:21",
        '    [cause]: {"code":7}',
      ].join("\n"),
    );
    expect(error.cause).toMatchObject({
      name: "RangeError",
      message: "inner",
      cause: { message: '{"code":7}' },
    });
  });

  test("ends where causes go in circles or on for ever", async () => {
    const circle = await runToError("const e = new Error('e'); e.cause = e; throw e");
    const wide = await runToError(`
      const make = (depth) => new AggregateError(depth === 0 ? [] : Array.from({ length: 100 }, () => make(depth - 1)), "wide");
      throw make(2);`);
    for (const { text } of [circle, wide]) expect(text.length).toBeLessThan(20_000);
    expect(wide.text).toContain("90 more errors");
  });

  test("of a megabyte is cut", async () => {
    const { text, message } = await runToError('throw new Error("x".repeat(2e6))');
    expect(text.length).toBeLessThan(100_000);
    expect(message.length).toBeLessThan(100_000);
    expect(text).toMatch(/^Error: xxx/);
  });

  test("carries every character, a lone surrogate as U+FFFD", async () => {
    expect((await runToError('throw "\\0é漢😀\\ud800"')).text).toBe("\0é漢😀\ufffd");
  });

  test("names the functions and lines it went through", async () => {
    const error = await runToError(
      "async function outer() {\n  await null;\n  inner();\n}\nfunction inner() { null.x; }\nawait outer();",
    );
    expect(error).toMatchObject({ name: "TypeError", position: { line: 5 } });
    expect(error.text).toMatch(
      /^TypeError: Cannot read properties of null .*\n {4}at inner \(exec_main\.mjs:5:\d+\)\n {4}at outer \(exec_main\.mjs:3:3\)/,
    );
  });

  test("a prepareStackTrace of the cell's own is heard", async () => {
    const source = `
      Error.prepareStackTrace = (e, frames) => e.message + " in " + frames.length;
      throw new Error("x");`;
    expect((await runToError(source)).text).toBe("x in 1");
  });
});

describe("an error that loops", () => {
  test.each([
    "throw { get stack() { for (;;); } }",
    "throw { toString() { for (;;); } }",
    "throw new Proxy({}, { get() { for (;;); } })",
    "Error.prepareStackTrace = () => { for (;;); }; throw new Error('x')",
    "Promise.reject({ get stack() { for (;;); } })",
    "text(Object.assign(new Error('x'), { get cause() { for (;;); } }))",
    "throw Object.defineProperty(new Error('x'), 'cause', { get() { for (;;); } })",
  ])("costs its cell alone, and can be terminated: `%s`", async (source) => {
    await using session = openSession();
    const id = await enter(session, source);
    expect(completedOf(await session.exec('text("alive")')).output).toHaveLength(1);
    expect(await session.terminate(id)).toMatchObject({ status: "terminated", output: [] });
  });
});

describe("rejections", () => {
  test("that are not handled by the end are warnings", async () => {
    const source = `
      Promise.reject(new Error("lost"));
      Promise.reject({ a: 1 });
      Promise.reject(Object.create(null));
      const handled = Promise.reject(new Error("handled"));
      Promise.reject(new Error("caught")).catch(() => {});
      await handled.catch(() => {});
      const late = Promise.reject(new Error("late"));
      await new Promise((go) => setTimeout(go, 1));
      late.catch(() => {});
      text("done");`;
    const { warnings, output } = completedOf(await run(source));
    expect(output).toEqual([{ type: "text", text: "done" }]);
    expect(warnings).toEqual([
      { type: "unhandledRejection", text: "Error: lost\n    at exec_main.mjs:2:22" },
      { type: "unhandledRejection", text: '{"a":1}' },
      { type: "unhandledRejection", text: expect.stringMatching(/./) },
    ]);
  });

  test("are warned of beside the error of a cell that fails, which is none of them", async () => {
    const outcome = failedOf(await run('Promise.reject("other"); await Promise.reject("own");'));
    expect(outcome.error.text).toBe("own");
    expect(outcome.warnings).toEqual([{ type: "unhandledRejection", text: "other" }]);
  });

  test("of failed tools are warnings too", async () => {
    const tools = { fail: { execute: () => Promise.reject(new Error("no")) } };
    const { warnings } = completedOf(
      await run("tools.fail(); try { await tools.fail(); } catch {}", { tools }),
    );
    expect(warnings).toEqual([
      { type: "unhandledRejection", text: "ToolError: no\n    at exec_main.mjs:1:7" },
    ]);
  });

  test("that come after many that were handled are warned of all the same", async () => {
    const source = `
      const handled = Array.from({ length: 150 }, (_, i) => Promise.reject(i));
      await 0;
      for (const one of handled) one.catch(() => {});
      Promise.reject("last");`;
    expect(completedOf(await run(source)).warnings).toEqual([
      { type: "unhandledRejection", text: "last" },
    ]);
  });

  test("that are handled while another one's text is made are none", async () => {
    const source = `
      const first = { toJSON() { second.catch(() => {}); return "told"; } };
      Promise.reject(first);
      const second = Promise.reject("handled meanwhile");`;
    expect(completedOf(await run(source)).warnings).toEqual([
      { type: "unhandledRejection", text: expect.stringContaining("told") },
    ]);
  });

  test("by the thousand cost little", async () => {
    const { warnings } = completedOf(await run("for (let i = 0; i < 1e5; i++) Promise.reject(i);"));
    expect(warnings.length).toBeGreaterThan(0);
    expect(warnings.length).toBeLessThanOrEqual(100);
  });
});

test("errors of helpers and of the engine can be caught and told apart", async () => {
  const source = `
    for (const f of [() => text({ a: 1n }), () => image(5), () => setTimeout(), () => null.x]) {
      try { f(); } catch (e) { text([e instanceof TypeError, e.stack.includes("exec_main.mjs:2")]); }
    }`;
  expect(await runToTexts(source)).toEqual(Array.from({ length: 4 }, () => "[true,true]"));
});

test("a line ends where the engine says it does", async () => {
  for (const end of ["\n", "\r", "\r\n", "\u2028", "\u2029"]) {
    const error = await runToError(["const a = 1;", "const b = 2;", "null.x;", ""].join(end));
    expect(error.position).toEqual({ line: 3, column: 6, sourceLine: "null.x;" });
  }
});

test("half a surrogate pair in the source becomes U+FFFD in the line that an error shows", async () => {
  for (const half of ["\ud83d", "\ude00", "\ude00\ud83d"]) {
    const { position, text } = await runToError(`const a = "\u{1f600}"; {${half}`);
    const line = `const a = "\u{1f600}"; {${"\ufffd".repeat(half.length)}`;
    expect(position?.sourceLine).toBe(line);
    expect(text).toContain(line);
  }
});

test("an empty text that is thrown is told too", async () => {
  expect(await runToError('throw "";')).toMatchObject({ text: "an empty string" });
});
