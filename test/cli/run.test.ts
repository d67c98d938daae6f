import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCli, startCli, Workspace } from "../support/cli.js";
import { fixtureServer, registryServer } from "../support/mcp.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

test("a cell's texts are all that standard output gets", async () => {
  const file = workspace.file("hello.js", 'text("hello"); text({ a: 1 }); text("line\\n");');
  const result = await runCli(["run", file]);
  expect(result).toMatchObject({ code: 0, stdout: 'hello\n{"a":1}\nline\n' });
  expect(result.stderr).toMatch(
    /^▶ \S+hello\.js\n✓ \S+hello\.js completed in .* · 0 tool calls, 3 items, \d+ ms cpu\n$/,
  );
});

test("a dash reads the cell from standard input", async () => {
  const result = await runCli(["run", "-"], { input: "text(6 * 7);" });
  expect(result).toMatchObject({ code: 0, stdout: "42\n" });
  expect(result.stderr).toContain("<stdin>");
});

test("several files are cells of one session", async () => {
  const first = workspace.file("first.js", 'store("n", 41); globalThis.n = 1;');
  const second = workspace.file("second.js", 'text(load("n") + 1); text(typeof globalThis.n);');
  const result = await runCli(["run", first, second]);
  expect(result).toMatchObject({ code: 0, stdout: "42\nundefined\n" });
});

test("a failed cell shows its line and a caret, keeps its output, and is the last to run", async () => {
  const bad = workspace.file("bad.js", 'text("before");\nconst a = null;\n\ta.b.c;\n');
  const next = workspace.file("next.js", "text('next');");
  const result = await runCli(["run", bad, next]);
  expect(result).toMatchObject({ code: 1, stdout: "before\n" });
  expect(result.stderr).toMatch(/TypeError: Cannot read properties of null/);
  expect(result.stderr).toContain("bad.js:3:4\n3 │ \ta.b.c;\n  ╵ \t  ^\n");
  expect(result.stderr).toMatch(/✗ \S+bad\.js failed in /);
  expect(result.stderr).toMatch(/not run: \S+next\.js\n$/);
});

test("a syntax error shows its line and a caret, once", async () => {
  const file = workspace.file("syntax.js", "text(1);\nconst = 2;\n");
  const result = await runCli(["run", file]);
  expect(result.code).toBe(1);
  expect(result.stderr).toContain("2 │ const = 2;\n  ╵       ^\n");
  expect(result.stderr.split("const = 2;")).toHaveLength(2);
});

test("a cell that yields by time or by itself is followed to its end", async () => {
  const file = workspace.file(
    "slow.js",
    'const wait = (ms) => new Promise((done) => setTimeout(done, ms)); text("a"); yield_control(); await wait(300); text("b");',
  );
  const result = await runCli(["run", file, "--yield-after", "100"]);
  expect(result).toMatchObject({ code: 0, stdout: "a\nb\n" });
  expect(result.stderr).toMatch(/yield_control\(\) after \d+ ms, still running; waiting/);
  expect(result.stderr).toMatch(/yielded after \d+ ms, still running; waiting/);
});

test("a cell that takes too long fails", async () => {
  const file = workspace.file("endless.js", 'text("begun"); for (;;);');
  const result = await runCli(["run", file, "--timeout", "1000"]);
  expect(result).toMatchObject({ code: 1, stdout: "begun\n" });
  expect(result.stderr).toMatch(/failed in/);
});

test("a limit given by name holds", async () => {
  const file = workspace.file("loop.js", 'text("begun"); for (;;);');
  const result = await runCli(["run", file, "--limit", "cpuMs=100", "--limit", "toolCalls=1"]);
  expect(result).toMatchObject({ code: 1, stdout: "begun\n" });
  expect(result.stderr).toContain("(limits.cpuMs)");
});

test("a tool shows its input, its time, and why it failed", async () => {
  const config = workspace.config({ fixture: fixtureServer() });
  const input = `
    text((await tools.mcp__fixture__echo({ a: "b" })).input);
    const error = await tools.mcp__fixture__error({}).catch((thrown) => thrown);
    text([error.name, error.tool, error.message]);
  `;
  const result = await runCli(["run", "-", "--config", config, "--verbose"], { input });
  expect(result.code).toBe(0);
  expect(result.stdout).toBe('{"a":"b"}\n["ToolError","mcp__fixture__error","it broke\\nbadly"]\n');
  expect(result.stderr).toMatch(/● fixture \d+ tools, [\d.]+ m?s/);
  expect(result.stderr).toContain('→ #1-1 mcp__fixture__echo {"a":"b"}');
  expect(result.stderr).toMatch(/✓ #1-1 mcp__fixture__echo [\d.]+ m?s/);
  expect(result.stderr).toMatch(/✗ #1-2 mcp__fixture__error [\d.]+ m?s it broke badly/);
  expect(result.stderr).toContain("fixture │ ready");
});

test("an image is told by type and size, or saved", async () => {
  const config = workspace.config({ everything: registryServer("everything") });
  const input = `
    text("before");
    content((await tools.mcp__everything__get_tiny_image({})).content);
  `;
  const shown = await runCli(["run", "-", "--config", config], { input });
  expect(shown.stdout).toContain("[image: image/png, 20×20, ");
  const out = join(workspace.path, "some", "images");
  const saved = await runCli(["run", "-", "--config", config, "--out", out], { input });
  const path = join(out, "cell-1-image-1.png");
  expect(saved.stdout).toMatch(
    /^before\nHere's the image you requested:\n\[image: .*png\]\nThe image/,
  );
  expect(saved.stdout).toContain(`→ ${path}]`);
  expect(readFileSync(path).subarray(1, 4).toString()).toBe("PNG");
});

test("an image that cannot be saved fails the run", async () => {
  const out = join(workspace.path, "blocked");
  mkdirSync(join(out, "cell-1-image-1.png"), { recursive: true });
  const result = await runCli(["run", "-", "--out", out], {
    input: 'image("data:image/png;base64,AAAA");',
  });
  expect(result.code).toBe(1);
  expect(result.stderr).toContain("not saved: EISDIR");
});

test("notifications, console lines and warnings are told as they come", async () => {
  const input = 'notify("look"); console.warn("careful"); Promise.reject(new Error("left alone"));';
  const result = await runCli(["run", "-", "--console", "logs"], { input });
  expect(result).toMatchObject({ code: 0, stdout: "" });
  expect(result.stderr).toContain("◆ look\n");
  expect(result.stderr).toContain("warn: careful\n");
  expect(result.stderr).toMatch(/⚠ unhandled rejection: Error: left alone/);
});

test("a reader that goes away ends the cell without a word", async () => {
  const { child, watch, ended } = startCli(["run", "-"]);
  child.stdin.end("for (;;) { text('line'); await new Promise((done) => setTimeout(done, 1)); }");
  await watch.seen("line");
  child.stdout.destroy();
  const result = await ended;
  expect(result.code).toBe(141);
  expect(result.stderr).not.toMatch(/EPIPE|error/i);
});
