import { afterAll, describe, expect, test } from "vitest";
import { describeRequest } from "../../src/cli/approve/describe-request.js";
import { styleFor } from "../../src/cli/terminal.js";
import type { ApprovalRequest } from "../../src/index.js";
import { runCli, Workspace } from "../support/cli.js";
import { fixtureServer } from "../support/mcp.js";
import { keys, startAtTerminal } from "../support/pseudo-terminal.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

const config = workspace.config({
  fixture: { ...fixtureServer(), approval: { text: "ask", echo: "ask", "*": "auto" } },
});
/** Calls tools one after another and hands out what comes of each. */
const calling = (...names: readonly string[]): string =>
  names
    .map(
      (name) =>
        `await tools.mcp__fixture__${name}({ n: 1 }).then(text, (error) => text(error.message));`,
    )
    .join("\n");
const cell = (name: string, source: string): string => workspace.file(name, source);
const question = "Approve? y(es), n(o), a(lways, this tool): ";

describe("codecell run at a terminal", () => {
  test("asks before a call that needs approval, runs it after yes and rejects it after no", async () => {
    const file = cell("twice.js", calling("text", "text", "number"));
    const { type, seen, ended } = startAtTerminal(["run", file, "--config", config]);
    expect(await seen(question)).toMatch(
      / {2}\? #1-1 mcp__fixture__text needs approval\r\n {4}\{"n":1\}\r\n {2}$/,
    );
    type(`y${keys.enter}`);
    await seen("\r\nplain\r\n");
    await seen(question);
    type(`what?${keys.enter}`);
    await seen("Please answer y, n or a.");
    await seen(question);
    type(`no${keys.enter}`);
    await seen(
      'The tool "mcp__fixture__text" was not called: approval was refused: the person at the terminal said no',
    );
    await seen("\r\n42\r\n");
    expect(await ended).toBe(0);
  });

  test("asks no more for a tool that is always approved, but for others", async () => {
    const file = cell("always.js", calling("text", "text", "echo"));
    const { type, seen, ended } = startAtTerminal(["run", file, "--config", config]);
    await seen(question);
    type(`a${keys.enter}`);
    await seen("\r\nplain\r\n");
    expect(await seen("mcp__fixture__echo needs approval")).toContain("approved: always");
    await seen(question);
    type(`N${keys.enter}`);
    expect(await ended).toBe(0);
  });

  test("asks for calls that are made at once one after another", async () => {
    const source = `
      const [a, b] = await Promise.all([tools.mcp__fixture__text(), tools.mcp__fixture__echo({ b: 2 })]);
      text([a, b]);`;
    const { type, seen, ended } = startAtTerminal([
      "run",
      cell("both.js", source),
      "--config",
      config,
    ]);
    await seen("mcp__fixture__text needs approval");
    await seen(question);
    type(`y${keys.enter}`);
    expect(await seen("mcp__fixture__echo needs approval")).not.toContain(question);
    await seen(question);
    type(`y${keys.enter}`);
    await seen('["plain",{"input":{"b":2}}]');
    expect(await ended).toBe(0);
  });

  test("takes no answer for no, and Ctrl-C for the end", async () => {
    const file = cell("end.js", calling("text", "text"));
    const { type, seen, ended } = startAtTerminal(["run", file, "--config", config]);
    await seen(question);
    type(keys.ctrlD);
    await seen("the person at the terminal did not answer");
    await seen(question);
    type(keys.ctrlC);
    await seen("terminated in");
    expect(await ended).toBe(130);
  });

  test("asks again below what is written meanwhile", async () => {
    const source = `
      const asked = tools.mcp__fixture__text();
      await tools.mcp__fixture__number();
      text("meanwhile");
      text(await asked);`;
    const { type, seen, ended } = startAtTerminal([
      "run",
      cell("meanwhile.js", source),
      "--config",
      config,
    ]);
    await seen(question);
    await seen("meanwhile");
    await seen(question);
    type(`y${keys.enter}`);
    await seen("plain");
    expect(await ended).toBe(0);
  });
});

describe("codecell repl at a terminal", () => {
  test("asks below the entry, gives back what was being typed, and keeps answers out of the history", async () => {
    const { type, seen, ended } = startAtTerminal(["repl", "--config", config]);
    await seen("> ");
    const slow = "await new Promise((done) => setTimeout(done, 300));";
    type(`text("begun"); ${slow} await tools.mcp__fixture__text()${keys.enter}`);
    await seen("\r\nbegun\r\n");
    type("1 + 1");
    await seen(question);
    type(`y${keys.enter}`);
    await seen("plain\r\n");
    await seen("> 1 + 1");
    type(keys.enter);
    await seen("\r\n2\r\n");
    await seen("> ");
    type(keys.up);
    await seen("1 + 1");
    type(keys.up);
    await seen('text("begun")');
    type(keys.ctrlC);
    type(keys.ctrlD);
    expect(await ended).toBe(0);
  });

  test("takes the question back when Ctrl-C ends the cell", async () => {
    const { type, seen, ended } = startAtTerminal(["repl", "--config", config]);
    await seen("> ");
    type(`await tools.mcp__fixture__text()${keys.enter}`);
    await seen(question);
    type(keys.ctrlC);
    await seen("cell-1 terminated in");
    await seen("> ");
    type(`"y"${keys.enter}`);
    await seen("\r\ny\r\n");
    type(keys.ctrlD);
    expect(await ended).toBe(0);
  });
});

describe("without a terminal", () => {
  const unasked = (name: string): string =>
    `The tool "mcp__fixture__${name}" was not called: approval was refused: there is no terminal to ask at; start codecell with --approve mcp__fixture__${name}, or with --approve all`;
  const refused = (name: string): string =>
    `The tool "mcp__fixture__${name}" was not called: approval was refused: codecell was started with --approve none`;

  const denied = (name: string): string =>
    `The tool "mcp__fixture__${name}" was not called: the call is denied.`;

  test.each<readonly [readonly string[], readonly string[]]>([
    [[], [unasked("text"), unasked("echo"), "42"]],
    [
      ["--approve", "ask"],
      [unasked("text"), unasked("echo"), "42"],
    ],
    [
      ["--approve", "all"],
      ["plain", '{"input":{"n":1}}', "42"],
    ],
    [
      ["--approve", "none"],
      [refused("text"), refused("echo"), "42"],
    ],
    [
      ["--approve", "te*"],
      ["plain", unasked("echo"), "42"],
    ],
    [
      ["--approve", "mcp__fixture__e*", "--approve", "none"],
      [refused("text"), '{"input":{"n":1}}', "42"],
    ],
    [
      ["--ask", "number", "--approve", "text"],
      ["plain", unasked("echo"), unasked("number")],
    ],
    [
      ["--ask", "*", "--approve", "all"],
      ["plain", '{"input":{"n":1}}', "42"],
    ],
    [
      ["--deny", "te*", "--deny", "number", "--ask", "number", "--approve", "all"],
      [denied("text"), '{"input":{"n":1}}', denied("number")],
    ],
    [["--deny", "*"], ["text", "echo", "number"].map((name) => denied(name))],
  ])("codecell run %j approves what that says", async (args, expected) => {
    const file = cell("three.js", calling("text", "echo", "number"));
    const { stdout, code } = await runCli(["run", file, "--config", config, ...args]);
    expect(stdout.trimEnd().split("\n")).toEqual(expected);
    expect(code).toBe(0);
  });

  test("codecell repl rejects what it cannot ask for", async () => {
    const input = "await tools.mcp__fixture__text().catch((error) => error.message)\n";
    const { stdout } = await runCli(["repl", "--config", config], { input });
    expect(stdout.trimEnd()).toBe(unasked("text"));
  });
});

test("what is hidden in an input is shown, and of a long one that there is more", () => {
  const style = styleFor(process.stderr, { color: false });
  const show = (input: unknown, reason?: string): string =>
    describeRequest(
      { callId: "7", tool: "erase", input, ...(reason && { reason }) } as ApprovalRequest,
      style,
    );
  expect(
    show({ path: "a\u202eb\u200bc\u00a0d\u001b[2Ke\u{e0041}\ud800" }, "as\nit \u001b[1merases"),
  ).toBe(
    '  ? #7 erase needs approval: as it \\x1b[1merases\n    {"path":"a\\u202eb\\u200bc\\u00a0d\\u001b[2Ke\\u{e0041}\\ud800"}',
  );
  expect(show("x".repeat(5_000))).toBe(
    `  ? #7 erase needs approval\n    "${"x".repeat(3_999)}\n    … and more: these are the first 4000 characters`,
  );
  const lines = show({ text: "one\ntwo".repeat(20), n: null }).split("\n");
  expect(lines[1]).toBe("    {");
  expect(lines[2]).toMatch(/^ {6}"text": "one\\ntwoone\\ntwo/);
});
