import { expect, test } from "vitest";
import { runCli } from "../support/cli.js";

/** Entries in one run of the repl, and what they show. */
async function run(...entries: readonly string[]) {
  return runCli(["repl"], { input: `${entries.join("\n")}\n` });
}

test.each<[string, readonly string[], string]>([
  ["a constant", ["const t = { a: [1] }", "t.a[0]"], "1\n"],
  ["a variable that the next entry changes", ["let n = 1", "n += 1; undefined", "n"], "2\n"],
  ["a list that the next entry adds to", ["const l = [1]", "l.push(2)", "l.length"], "2\n2\n"],
  ["a variable without a value", ["let u", "typeof u"], "undefined\n"],
  [
    "what a pattern takes apart",
    ["const { a, b: [c = 3], ...d } = { a: 1, b: [], e: 2 }", "a + c + d.e"],
    "6\n",
  ],
  ["a function", ["function f(a) { return a + 1; }", "f(1)"], "2\n"],
  [
    "an arrow function with a comment",
    ["const f = (a) =>", "  // plus one", "  a + 1;", "f(1)"],
    "2\n",
  ],
  [
    "a class, and one that extends it",
    ["class A { b() { return 1; } }", "class B extends A {}", "new B().b()"],
    "1\n",
  ],
  [
    "a function that uses what was declared",
    ["const n = 2", "const f = () => n * 2", "f()"],
    "4\n",
  ],
  ["an import", ['import { text as say } from "codecell"', 'say("a")'], "a\n"],
  ["a module", ['import * as all from "codecell"', 'all.text("a")'], "a\n"],
  ["TypeScript", ["const t: number = 1; interface A {}", "t as number"], "1\n"],
  ["a name that is declared again", ["const t = 1", "const t = 2", "t"], "2\n"],
  [
    "maps, sets and dates",
    [
      "const v = [new Map([[1, new Set([2])]]), new Date(5)]",
      "[...v[0].get(1)][0] + v[1].getTime()",
    ],
    "7\n",
  ],
  [
    "numbers that JSON lacks",
    [
      "const v = [NaN, -0, 2n, undefined, /a/g]",
      "[v[0] !== v[0], 1 / v[1], v[2] + 1n === 3n, v[3], v[4].flags].join()",
    ],
    "true,-Infinity,true,,g\n",
  ],
  [
    "a value that holds itself",
    ["const c = { a: [] }; c.a.push(c); undefined", "c.a[0] === c"],
    "true\n",
  ],
  [
    "an own key __proto__",
    ["const p = JSON.parse('{\"__proto__\": 1}')", "Object.keys(p).join()"],
    "__proto__\n",
  ],
  ["names the prompt would use", ["const shown = 1, shownKeep = 2", "shown + shownKeep"], "3\n"],
])("%s is there in the next entry", async (_what, entries, stdout) => {
  expect(await run(...entries)).toMatchObject({ code: 0, stdout, stderr: "" });
});

test.each<[string, string, string]>([
  ["a function that a call has made", "const f = (() => () => 1)()", "f (a function)"],
  ["an object with a function", "const o = { a() {} }", "o (a function)"],
  ["an instance", "class A {}; const a = new A()", "a (an instance of A)"],
  ["a promise", "const p = Promise.resolve(1)", "p (a promise)"],
  ["an error", "const e = new Error('x')", "e (an error)"],
])("%s is not, and the person is told", async (_what, entry, lost) => {
  const result = await run(entry);
  expect(result).toMatchObject({ code: 0, stdout: "" });
  expect(result.stderr).toBe(`not there in the next entry: ${lost}\n`);
});

test("a constant stays one, and what a failed entry declares is not kept", async () => {
  const result = await run(
    "const t = 1",
    "t = 2",
    "const u = 1; throw new Error('x')",
    "typeof u",
    "t",
  );
  expect(result.stdout).toBe("undefined\n1\n");
  expect(result.stderr).toContain("Assignment to constant variable");
  expect(result.stderr).toContain("cell-2:1:3\n1 │ t = 2\n");
});

test("errors have the positions of what was typed, whatever stands before it", async () => {
  const result = await run("const t = null; function f() {\n  return t.a;\n}", "t.b", "1;\nt.c");
  expect(result.stderr).toContain("cell-2:1:3\n1 │ t.b\n");
  expect(result.stderr).toContain("cell-4:1:3\n1 │ t.c\n");
});

test("what does not fit into what a session may store is told", async () => {
  const result = await runCli(["repl", "--limit", "storedBytes=1000"], {
    input: "const big = 'x'.repeat(2000)\ntypeof big\n",
  });
  expect(result.stdout).toBe("undefined\n");
  expect(result.stderr).toContain("not there in the next entry: big (store: all stored values");
});
