import { expect, test } from "vitest";
import { shownCommands } from "../support/shown-commands.js";

test("the help of every command is an answer with its exit codes and examples", async () => {
  const shown = await shownCommands();
  const names = shown.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["run", "mcp", "repl", "completion", "help"]));
  for (const { name, help } of shown.filter(({ name }) => name !== "help")) {
    expect(help, name).toMatch(/^Usage: codecell [\s\S]*^Exit codes:\n {2}0 [\s\S]*^Examples:\n/m);
    expect(help, name).toContain(`\n  codecell ${name}`);
  }
});
