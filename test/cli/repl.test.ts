import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type CliResult, runCli, startCli, Workspace } from "../support/cli.js";
import { fixtureServer, isRunning, registryServer } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

function runRepl(input: string, ...options: readonly string[]): Promise<CliResult> {
  return runCli(["repl", ...options], { input });
}

test("the value of an entry's last expression is shown, and nothing else is said", async () => {
  const result = await runRepl('1 + 1\n"a"; "b"\nundefined\ntext("c")\nconst d = 4\n');
  expect(result).toEqual({ code: 0, signal: null, stdout: "2\nb\nc\n", stderr: "" });
});

test.each([
  ["an object literal", '{ a: 1, "b": [2] }', '{"a":1,"b":[2]}\n'],
  ["an empty object", "{}", "{}\n"],
  ["a block", "{ const a = 1; text(a); }", "1\n"],
  ["a value with comments around it", "/* a */ 1 /* b */ // c", "1\n"],
  ["a sequence in parentheses", "(1, 2)", "2\n"],
  ["a promise", "Promise.resolve(3)", "3\n"],
  ["a directive", "'use strict'", "use strict\n"],
  ["an expression after one without a semicolon", "let a = 1\n", ""],
  [
    "a value beside names the wrapping would use",
    "const text = 5, shown = 6; text + shown",
    "11\n",
  ],
  ["TypeScript", "const a: number = 1; a as unknown", "1\n"],
  ["a generic call", "const f = (value) => value; f<string>('a')", "a\n"],
])("%s is shown as what it is", async (_what, entry, stdout) => {
  expect(await runRepl(`${entry}\n`)).toMatchObject({ code: 0, stdout, stderr: "" });
});

test("what an entry stores and what it declares is there in the next", async () => {
  const result = await runRepl('const a = 1; store("a", a)\nload("a")\na + 1\n.stored\n');
  expect(result).toMatchObject({ code: 0, stdout: "1\n2\na: 1\n", stderr: "" });
});

test.each([
  ["brackets", "[1,\n  2\n].length\n", "2\n"],
  ["an object literal", "{\n  a: 1,\n  b: [\n2]\n}\n", '{"a":1,"b":[2]}\n'],
  ["a block", "{\n  const a = 1;\n  text(a)\n}\n", "1\n"],
  ["a template", "`a\nb`\n", "a\nb\n"],
  ["a comment", "/* a\nb */ 1\n", "1\n"],
  ["a string with a backslash", "'a\\\nb'\n", "ab\n"],
  ["an operator", "1 +\n\n2\n", "3\n"],
  ["a function with types", "function f(a: number) {\n  return a;\n}\n1\n", "1\n"],
  ["a type that is open", "const a: {\n b: number\n} = { b: 1 }; a.b\n", "1\n"],
  ["a condition without its statement", "if (1 as unknown)\ntext(1)\n", "1\n"],
  ["an interface", "interface A {\n  b: number;\n}\n1\n", "1\n"],
  ["line ends of another system", "[1,\r\n2]\r\n.length\r\n".replace("]\r\n", "]"), "2\n"],
  ["a template among types", "const a: string = `b\nc`; a\n", "b\nc\n"],
  ["a code fence", "```js\nconst a = 1;\na\n```\n", "1\n"],
])("an entry goes on over lines with %s", async (_what, input, stdout) => {
  expect(await runRepl(input)).toMatchObject({ code: 0, stdout, stderr: "" });
});

test("a failed entry shows what was typed and where, and those after it run all the same", async () => {
  const result = await runRepl('1; null.a\n  load("b").c\n"next"\n');
  expect(result).toMatchObject({ code: 1, stdout: "next\n" });
  expect(result.stderr).toContain("TypeError: Cannot read properties of null");
  expect(result.stderr).toContain("cell-1:1:9\n1 │ 1; null.a\n  ╵         ^\n");
  expect(result.stderr).toContain('cell-2:1:12\n1 │   load("b").c\n  ╵            ^\n');
  expect(result.stderr).not.toContain("shown");
});

test("an error within a function, and one that is shown, have the frames of what was typed", async () => {
  const result = await runRepl(
    "(() => { throw new Error('a'); })()\nnew Error('b')\nconst c = {}; c.c = c; c\n",
  );
  expect(result.stderr).toContain("cell-1:1:16\n");
  expect(result.stderr).toContain("    at exec_main.mjs:1:34\n");
  expect(result.stdout).toBe("Error: b\n    at exec_main.mjs:1:1\n");
  expect(result.stderr).toContain("cell-3:1:24\n1 │ const c = {}; c.c = c; c\n");
});

test("a syntax error shows its line and a caret, once, in TypeScript too", async () => {
  const result = await runRepl("const = 2\nconst a: number = ;\nenum B { C }\n");
  expect(result.code).toBe(1);
  expect(result.stderr).toContain("1 │ const = 2\n  ╵       ^\n");
  expect(result.stderr).toContain("1 │ const a: number = ;\n  ╵                   ^\n");
  expect(result.stderr).toContain("an enum is more than a type");
  expect(result.stderr.split("const = 2")).toHaveLength(2);
});

test("an entry may return, print to the console, and read a namespace as an object", async () => {
  const result = await runRepl('return 1 + 1\nconsole.log("a", 1)\ntypeof tools.nothing.at.all\n');
  expect(result).toMatchObject({ code: 0, stdout: "2\na 1\nundefined\n" });
  const strict = await runRepl("return 1\n", "--dialect", "strict");
  expect(strict.stderr).toContain("hand a result out with text(value)");
});

test("a function is declared for later entries, and is not called", async () => {
  const result = await runRepl('function f() { text("called"); }\n"next"\nf()\n');
  expect(result).toMatchObject({ code: 0, stdout: "next\ncalled\n" });
});

test.each([
  ["an unfinished string", "'abc"],
  ["an unfinished regular expression", "/abc"],
  ["an unfinished number", "0x"],
  ["an unfinished escape", '"\\u{1"'],
  ["a bracket too many", "[1]]"],
  ["the wrong bracket", "(1]"],
  ["a word too many", "a b"],
  ["an unfinished number of TypeScript", "const a: number = 0x"],
  ["a name that is no name", "const 1a = 1"],
  ["a comment of another language", "# a"],
])("%s is an error at once, and not the beginning of more", async (_what, entry) => {
  const result = await runRepl(`${entry}\n'next'\n`);
  expect(result).toMatchObject({ code: 1, stdout: "next\n" });
  expect(result.stderr).toContain("SyntaxError");
});

test("an entry that the input's end cuts off fails as what it is", async () => {
  const result = await runRepl("text(1)\n[1,\n");
  expect(result).toMatchObject({ code: 1, stdout: "1\n" });
  expect(result.stderr).toContain("SyntaxError: Unexpected end of input");
});

test("tools of the config's servers are called, listed, found and declared", async () => {
  const config = workspace.config({ fixture: fixtureServer() });
  const input = [
    "tools.mcp__fixture__echo({ a: [1] })",
    ".tools",
    ".tools echo",
    ".tools mcp__fixture__echo",
    ".tools no_such_thing_at_all",
  ].join("\n");
  const result = await runRepl(input, "--config", config);
  expect(result.code).toBe(1);
  expect(result.stdout).toMatch(/^\{"input":\{"a":\[1\]\}\}\n/);
  expect(result.stdout).toMatch(/^mcp__fixture__echo\b/m);
  expect(result.stdout).toMatch(/^ {2}mcp__fixture__echo\(args/m);
  expect(result.stderr).toMatch(/● fixture \d+ tools, [\d.]+ m?s/);
  expect(result.stderr).toContain('→ #1-1 mcp__fixture__echo {"a":[1]}');
  expect(result.stderr).toContain("No tool fits no_such_thing_at_all.");
});

test("stored values are listed with what they are", async () => {
  const result = await runRepl('.stored\nstore("a", { b: 1 })\n.stored\n');
  expect(result).toMatchObject({ code: 0, stdout: 'a: {"b":1}\n' });
  expect(result.stderr).toContain("Nothing is stored");
});

test("a file is loaded as one cell, and its errors have its name", async () => {
  const good = workspace.file("good.ts", "const a: number = 1;\nconst b = 2;\na + b;\n");
  const bad = workspace.file("bad.js", "text(1);\nnull.a;\n");
  const result = await runRepl(`.load ${good}\n.load ${bad}\n.load none.js\n.load\n`);
  expect(result).toMatchObject({ code: 1, stdout: "3\n1\n" });
  expect(result.stderr).toContain(`${bad}:2:6\n2 │ null.a;\n`);
  expect(result.stderr).toContain("cannot read the cell none.js: no such file or directory");
  expect(result.stderr).toContain(".load needs a file");
});

test("an unknown command is answered with those there are, and a number is none", async () => {
  const result = await runRepl(".5 + 1\n.helo\n");
  expect(result).toMatchObject({ code: 1, stdout: "1.5\n" });
  expect(result.stderr).toContain(
    "There is no .helo; there are .help, .tools, .stored, .load, .exit.",
  );
});

test(".help tells all commands, and .exit leaves what comes after it", async () => {
  const result = await runRepl(".help\n.exit\ntext('never')\n");
  expect(result).toMatchObject({ code: 0, stderr: "" });
  for (const name of [".help", ".tools", ".stored", ".load", ".exit"]) {
    expect(result.stdout).toContain(`\n${name}`.slice(name === ".help" ? 1 : 0));
  }
  expect(result.stdout).not.toContain("never");
});

test("an image is told by type and size, or saved under its cell's number", async () => {
  const config = workspace.config({ everything: registryServer("everything") });
  const out = join(workspace.path, "images");
  const input = "1\ncontent((await tools.mcp__everything__get_tiny_image({})).content)\n";
  const result = await runRepl(input, "--config", config, "--out", out);
  expect(result.code).toBe(0);
  expect(result.stdout).toContain(`→ ${join(out, "cell-2-image-1.png")}]`);
});

test("limits, the console and yields are those of run", async () => {
  const input = 'console.log("a")\nyield_control(); text(1)\nfor (;;) {}\n';
  const result = await runRepl(input, "--console", "logs", "--limit", "cpuMs=100");
  expect(result).toMatchObject({ code: 1, stdout: "1\n" });
  expect(result.stderr).toContain("log: a\n");
  expect(result.stderr).toContain("still running; waiting");
  expect(result.stderr).toContain("(limits.cpuMs)");
});

test("a signal ends the cell and the servers, and what is left is not run", async () => {
  const config = workspace.config({ fixture: fixtureServer() });
  const { child, watch, ended } = startCli(["repl", "--config", config]);
  child.stdin.write("tools.mcp__fixture__process_id({})\ntext('looping'); for (;;) {}\n1 + 1\n");
  await watch.seen("looping");
  child.kill("SIGINT");
  const result = await ended;
  expect(result).toMatchObject({ code: 130, signal: null });
  expect(result.stdout).toMatch(/^\d+\nlooping\n$/);
  expect(isRunning(Number.parseInt(result.stdout, 10))).toBe(false);
});

test("a signal ends the command while it waits for input", async () => {
  const { child, watch, ended } = startCli(["repl"]);
  child.stdin.write("'ready'\n");
  await watch.seen("ready");
  child.kill("SIGTERM");
  expect(await ended).toMatchObject({ code: 143, signal: null, stdout: "ready\n" });
});

test("wrong use is told with exit code 2", async () => {
  expect(await runRepl("", "--config", "none.json")).toMatchObject({ code: 2, stdout: "" });
  expect(await runRepl("", "--limit", "noSuchLimit=1")).toMatchObject({ code: 2, stdout: "" });
});
