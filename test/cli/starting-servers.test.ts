import { afterAll, expect, test } from "vitest";
import { startingText } from "../../src/cli/starting-servers.js";
import { runCli, Workspace } from "../support/cli.js";
import { fixtureServer } from "../support/mcp.js";
import { keys, startAtTerminal } from "../support/pseudo-terminal.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

/** Starts, and never says a word. */
const silent = { command: process.execPath, args: ["-e", "setInterval(() => {}, 1000)"] };

const file = workspace.file("cell.js", "text('ran');");

test("a person sees which servers are still starting, and Ctrl-C speaks of no cell", async () => {
  const config = workspace.config({ quick: fixtureServer(), slow: silent });
  const { type, seen, ended } = startAtTerminal(["run", file, "--config", config]);
  await seen("starting quick, slow …");
  await seen("● quick");
  await seen("starting slow …");
  type(keys.ctrlC);
  const before = await seen("interrupted: ending what was started");
  expect(before).not.toContain("cell");
  expect(await ended).toBe(130);
});

test("the line goes when all servers run", async () => {
  const config = workspace.config({ quick: fixtureServer() });
  const { seen, ended } = startAtTerminal(["run", file, "--config", config]);
  await seen("starting quick …");
  await seen("● quick");
  expect(await seen("ran\r\n")).not.toContain("starting");
  expect(await ended).toBe(0);
});

test("nothing of it is written where standard error is no terminal", async () => {
  const config = workspace.config({ quick: fixtureServer() });
  const result = await runCli(["run", file, "--config", config]);
  expect(result).toMatchObject({ code: 0, stdout: "ran\n" });
  expect(result.stderr).not.toContain("starting");
});

test.each([
  [["a"], 40, "starting a …"],
  [["files", "github", "notion"], 40, "starting files, github, notion …"],
  [["files", "github", "notion"], 30, "starting files and 2 more …"],
  [["a-very-long-name-of-a-server", "b"], 20, "starting 2 servers …"],
  [["a-very-long-name-of-a-server"], 20, "starting a server …"],
  [["文件", "b"], 17, "starting 2 servers …"],
])("of %j, at %i columns: %s", (names, width, text) => {
  expect(startingText(names, width)).toBe(text);
});
