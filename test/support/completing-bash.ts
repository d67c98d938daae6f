import { join } from "node:path";
import { spawn } from "@lydell/node-pty";
import { onTestFinished } from "vitest";
import { Workspace } from "./cli.js";

/** A bash at a terminal of its own, in which pressing keys completes as it does for a person. */
export interface CompletingBash {
  readonly workspace: Workspace;
  /**
   * Types keys after "codecell " and Enter, and gives the words that codecell would have been called
   * with. Where what a person would see is a list, `listed` puts the list in the line instead.
   */
  type(keys: string): Promise<string[]>;
}

/** The key of readline that puts all that is possible in the line, in place of a word. */
export const listed = "\u001b*";

/**
 * Starts bash without any file of the person's or the system's, and without a PATH.
 *
 * @param script - what completes codecell.
 * @param settings - lines of bash that run before the script is read.
 */
export async function startBash(script: string, settings = ""): Promise<CompletingBash> {
  const workspace = new Workspace();
  workspace.file("codecell.bash", script);
  const rc = workspace.file(
    ".bashrc",
    `unset HISTFILE
PATH= PS1='ready> '
bind 'set enable-bracketed-paste off'
codecell() { { printf 'called'; printf ' <%s>' "$@"; echo ' end'; } > /dev/tty; }
${settings}
source ./codecell.bash
`,
  );
  const bash = spawn("/bin/bash", ["--noprofile", "--rcfile", rc, "-i"], {
    // So wide that no line is broken.
    cols: 10_000,
    cwd: workspace.path,
    env: {
      HOME: workspace.path,
      TERM: "dumb",
      INPUTRC: join(workspace.path, "none"),
      LC_ALL: "C.UTF-8",
    },
  });
  let written = "";
  let look = (): void => {};
  bash.onData((text) => {
    written += text;
    look();
  });
  const ended = new Promise<void>((resolve) => bash.onExit(() => resolve()));
  onTestFinished(async () => {
    bash.kill("SIGKILL");
    await ended;
    workspace[Symbol.dispose]();
  });
  /** Takes what was written up to a pattern, once it is there. */
  const seen = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve) => {
      look = () => {
        const found = pattern.exec(written);
        if (found === null) return;
        written = written.slice(found.index + found[0].length);
        look = () => {};
        resolve(found);
      };
      look();
    });
  // A key that comes before the prompt would be the terminal's and not readline's.
  await seen(/ready> /);
  return {
    workspace,
    async type(keys) {
      bash.write(`codecell ${keys}\r`);
      const [, words = ""] = await seen(/\ncalled(.*) end\r\nready> /);
      return [...words.matchAll(/<(.*?)>/g)].map(([, word = ""]) => word);
    },
  };
}
