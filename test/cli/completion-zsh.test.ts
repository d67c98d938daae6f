import { expect, test } from "vitest";
import { describeCommand } from "../../src/cli/completion/described-command.js";
import { zshScript } from "../../src/cli/completion/zsh-script.js";
import { runCli } from "../support/cli.js";
import { oddProgram } from "../support/odd-program.js";
import { shownCommands } from "../support/shown-commands.js";

test("the script for zsh describes every command and option of the help", async () => {
  const shown = await shownCommands();
  const { stdout: zsh } = await runCli(["completion", "zsh"]);
  expect(zsh).toMatch(/^#compdef codecell\n/);
  for (const { name, summary, options } of shown) {
    expect(zsh).toContain(`\n        '${name}:${summary.replaceAll("'", "'\\''")}'\n`);
    const [, body = ""] =
      new RegExp(`^_codecell_${name}\\(\\) \\{\\n([^]*?)\\n\\}$`, "m").exec(zsh) ?? [];
    const specs = body.matchAll(/^ {4}'(?:\*|\([^)]*\))(--?[\w-]+?)[=+]?\[\S.*\].*'/gm);
    expect([...specs].map(([, option]) => option)).toEqual(options);
  }
  expect(zsh).toMatch(/--limit=\[.*\]:name=value:__codecell_words -- .*\bcpuMs= /);
  expect(zsh).toMatch(/--describe=\[.*\]:tools:__codecell_words -- all none'/);
  expect(zsh).toContain(String.raw`:address:__codecell_words -- stdio http\://127.0.0.1\:'`);
  expect(zsh).toMatch(/--config=\[.*\]:file:_files'/);
  expect(zsh).toMatch(/--out=\[.*\]:directory:_files -\/'/);
});

test("what zsh would read as its own in a description is escaped", () => {
  const script = zshScript(describeCommand(oddProgram()));
  expect(script).toContain(String.raw`'box:what'\''s: in [it]'`);
  expect(script).toContain(String.raw`'open-it:costs $5 and a "\\"'`);
  expect(script).toContain(
    String.raw`'(-k --key)--key=[is \[a\: b\]; it'\''s so]::word:__odd_words -- '\''a b'\'' c'`,
  );
  expect(script).toContain(String.raw`'\''it'\''\'\'''\''s so'\''`);
  expect(script).not.toContain("hidden");
});
