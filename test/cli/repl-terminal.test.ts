import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Workspace } from "../support/cli.js";
import { fixtureServer, isRunning } from "../support/mcp.js";
import { keys, startAtTerminal } from "../support/pseudo-terminal.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

test("a person is told what there is, gets the value of each entry, and leaves with Ctrl-D", async () => {
  const { type, seen, ended } = startAtTerminal(["repl"]);
  await seen("Later entries get copies of its");
  await seen("> ");
  type(`1 + 1${keys.enter}`);
  await seen("\r\n2\r\n");
  await seen("> ");
  type(keys.ctrlD);
  expect(await ended).toBe(0);
});

test("an entry whose brackets are open goes on at another prompt, and Ctrl-C drops it", async () => {
  const { type, seen } = startAtTerminal(["repl"]);
  await seen("> ");
  type(`[1,${keys.enter}`);
  await seen("... ");
  type(`2].length${keys.enter}`);
  await seen("\r\n2\r\n");
  type(`[1,${keys.enter}`);
  await seen("... ");
  type(keys.ctrlC);
  await seen("^C");
  type(`'fresh'${keys.enter}`);
  await seen("\r\nfresh\r\n");
});

test("Ctrl-C drops what was typed, says how to leave where nothing was, and leaves when repeated", async () => {
  const { type, seen, ended } = startAtTerminal(["repl"]);
  await seen("> ");
  type(`abc${keys.ctrlC}`);
  await seen("abc^C");
  type(keys.ctrlC);
  await seen("Ctrl-C again, Ctrl-D or .exit leaves.");
  type(`abc${keys.ctrlC}`);
  await seen("abc^C");
  type(`'still here'${keys.enter}`);
  await seen("\r\nstill here\r\n");
  type(keys.ctrlC);
  await seen("Ctrl-C again");
  type(keys.ctrlC);
  expect(await ended).toBe(0);
});

test("Ctrl-C ends the cell that runs, and the session keeps what it had", async () => {
  const { type, seen } = startAtTerminal(["repl"]);
  await seen("> ");
  type(`store("a", 41)${keys.enter}`);
  await seen("> ");
  type(`text("looping"); for (;;) {}${keys.enter}`);
  await seen("\r\nlooping\r\n");
  type(keys.ctrlC);
  await seen("cell-2 terminated in");
  await seen("> ");
  type(`load("a") + 1${keys.enter}`);
  await seen("\r\n42\r\n");
});

test("what is typed while a cell runs is the next entry", async () => {
  const { type, seen } = startAtTerminal(["repl"]);
  await seen("> ");
  type(
    `text("begun"); await new Promise((done) => setTimeout(done, 200)); text("done")${keys.enter}`,
  );
  await seen("\r\nbegun\r\n");
  type(`"next"${keys.enter}`);
  await seen("done\r\n");
  await seen("next\r\n");
});

test("Ctrl-D while a cell runs ends the cell, the servers and the command", async () => {
  const config = workspace.config({ fixture: fixtureServer() });
  const { type, seen, ended } = startAtTerminal(["repl", "--config", config]);
  await seen("> ");
  type(`text("pid " + await tools.mcp__fixture__process_id({})); for (;;) {}${keys.enter}`);
  await seen("\r\npid ");
  const pid = Number(await seen("\r\n"));
  type(keys.ctrlD);
  await seen("terminated in");
  expect(await ended).toBe(0);
  expect(isRunning(pid)).toBe(false);
});

test("Ctrl-D right behind entries ends those that run and those that wait", async () => {
  const { type, seen, ended } = startAtTerminal(["repl"]);
  await seen("> ");
  type(`for (;;) {}${keys.enter}for (;;) {}${keys.enter}${keys.ctrlD}`);
  expect(await ended).toBe(0);
});

test("SIGTERM ends everything in good order", async () => {
  const { pid, seen, ended } = startAtTerminal(["repl"]);
  await seen("> ");
  process.kill(pid, "SIGTERM");
  expect(await ended).toBe(143);
});

test("a terminal that is closed ends the cell, the servers and the command", async () => {
  const config = workspace.config({ fixture: fixtureServer() });
  const { pid, type, seen, close } = startAtTerminal(["repl", "--config", config]);
  await seen("> ");
  type(`text("pid " + await tools.mcp__fixture__process_id({})); for (;;) {}${keys.enter}`);
  await seen("\r\npid ");
  const serverPid = Number(await seen("\r\n"));
  close();
  await expect.poll(() => isRunning(pid), { timeout: 20_000 }).toBe(false);
  expect(isRunning(serverPid)).toBe(false);
});

test("Ctrl-C while the servers start ends them", async () => {
  const config = workspace.config({ mute: fixtureServer("mute") });
  const { type, seen, ended } = startAtTerminal(["repl", "--config", config, "--verbose"]);
  await seen("thinking");
  type(keys.ctrlC);
  expect(await ended).toBe(130);
});

test("what is pasted is one entry, and runs when Enter is pressed", async () => {
  const { type, paste, seen } = startAtTerminal(["repl"]);
  await seen("> ");
  paste("const a = 1;\nconst b = 2;\n\ta + b;\n");
  await seen("\ta + b;");
  await seen("... ");
  type(keys.enter);
  await seen("\r\n3\r\n");
});

test("a server that dies is told above the prompt and what was typed", async () => {
  const config = workspace.config({ fixture: fixtureServer() });
  const { type, seen } = startAtTerminal(["repl", "--config", config]);
  await seen("> ");
  type(`text("pid " + await tools.mcp__fixture__process_id({}))${keys.enter}`);
  await seen("\r\npid ");
  const pid = Number(await seen("\r\n"));
  await seen("> ");
  type("1 + 2");
  await seen("1 + 2");
  process.kill(pid, "SIGKILL");
  await seen('MCP server "fixture" has died');
  await seen("> 1 + 2");
  type(keys.enter);
  await seen("\r\n3\r\n");
  // It is started again, and its tools work.
  await seen("● fixture");
  await seen("> ");
  type(`await tools.mcp__fixture__text({})${keys.enter}`);
  await seen("\r\nplain\r\n");
});

test("Tab completes what was typed, and lists what it may become", async () => {
  const config = workspace.config({ fixture: fixtureServer() });
  const { type, seen } = startAtTerminal(["repl", "--config", config]);
  await seen("> ");
  type("await tools.mcp__fixture__ec");
  await seen("fixture__ec");
  type(keys.tab);
  await seen("ho");
  type(keys.ctrlC);
  await seen("> ");
  type("encodeU");
  await seen("encodeU");
  type(keys.tab);
  await seen("RI");
  type(keys.tab + keys.tab);
  await seen("encodeURIComponent");
});

test("entries are found again by the next run, those of several lines as a whole", async () => {
  const file = join(workspace.path, "state", "history");
  const environment = { CODECELL_REPL_HISTORY: file };
  const first = startAtTerminal(["repl"], environment);
  await first.seen("> ");
  first.type(`"one"${keys.enter}`);
  await first.seen("\r\none\r\n");
  first.type(`[1,${keys.enter}`);
  await first.seen("... ");
  first.type(`2].length${keys.enter}`);
  await first.seen("\r\n2\r\n");
  await first.seen("> ");
  first.type(keys.ctrlD);
  await first.ended;
  expect(readFileSync(file, "utf8")).toBe('"\\"one\\""\n"[1,\\n2].length"\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const second = startAtTerminal(["repl"], environment);
  await second.seen("> ");
  second.type(keys.up);
  await second.seen("2].length");
  second.type(keys.enter);
  await second.seen("\r\n2\r\n");
  await second.seen("> ");
  second.type('"o');
  await second.seen('"o');
  second.type(keys.up);
  await second.seen('"one"');
  second.type(keys.enter);
  await second.seen("\r\none\r\n");
});

test("the history keeps the last thousand entries", async () => {
  const file = workspace.file(
    "history",
    Array.from({ length: 1200 }, (_, index) => `${JSON.stringify(`${index};`)}\n`).join(""),
  );
  const { type, seen, ended } = startAtTerminal(["repl"], { CODECELL_REPL_HISTORY: file });
  await seen("> ");
  type(`"last"${keys.enter}`);
  await seen("\r\nlast\r\n");
  type(keys.ctrlD);
  await ended;
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(1000);
  expect(lines.slice(-2)).toEqual(['"1199;"', '"\\"last\\""']);
});

test.each([
  ["cannot be written", "/dev/null/history"],
  ["holds something else", workspace.file("other", "no json\n{}\n")],
])("a history that %s is ignored", async (_what, file) => {
  const { type, seen, ended } = startAtTerminal(["repl"], { CODECELL_REPL_HISTORY: file });
  await seen("> ");
  type(`"here"${keys.enter}`);
  await seen("\r\nhere\r\n");
  type(`.exit${keys.enter}`);
  expect(await ended).toBe(0);
});
