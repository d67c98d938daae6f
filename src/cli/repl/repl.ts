import { packageVersion } from "../../base/package-version.js";
import type { Session } from "../../session/session.js";
import type { Approver } from "../approve/approver.js";
import { type SessionContext, tellFailure, useSession } from "../open-session.js";
import type { SessionCommandOptions } from "../session-options.js";
import type { Style } from "../terminal.js";
import { complete } from "./completion.js";
import { commandNames } from "./dot-commands.js";
import { EntryHistory, historyFile } from "./entry-history.js";
import { EntryLoop } from "./entry-loop.js";
import { EntryRunner } from "./entry-runner.js";
import { PipedInput } from "./piped-input.js";
import { Prompt } from "./prompt.js";

/**
 * Runs entries as cells of one session: at a prompt where a person sits at a terminal, else from what
 * standard input has.
 *
 * @returns The exit code.
 */
export async function repl(
  options: SessionCommandOptions,
  context: SessionContext,
): Promise<number> {
  // Standard output may go to a file all the same.
  const hasPrompt = process.stdin.isTTY && process.stderr.isTTY;
  try {
    const exitCode = await useSession(
      { ...options, restart: hasPrompt },
      context,
      (session, approver) =>
        hasPrompt
          ? runAtPrompt(session, approver, options, context)
          : runPiped(session, options, context),
    );
    return context.interrupt.exitCode ?? exitCode;
  } catch (error) {
    return tellFailure(error, context).exitCode;
  }
}

async function runPiped(
  session: Session,
  options: SessionCommandOptions,
  { terminal, report, interrupt: { signal } }: SessionContext,
): Promise<number> {
  using input = new PipedInput(process.stdin, signal);
  const runner = new EntryRunner(session, { ...options, report, signal });
  const loop = new EntryLoop({ session, terminal, input, runner, signal });
  return (await loop.run()) ? 0 : 1;
}

async function runAtPrompt(
  session: Session,
  approver: Approver,
  options: SessionCommandOptions,
  { terminal, report, interrupt }: SessionContext,
): Promise<number> {
  const leaving = new AbortController();
  const signal = AbortSignal.any([interrupt.signal, leaving.signal]);
  const runner = new EntryRunner(session, { ...options, report, signal });
  const history = new EntryHistory(historyFile(process.env));
  terminal.note(banner(terminal.style));
  using input = new Prompt({
    input: process.stdin,
    output: process.stderr,
    style: terminal.style,
    history,
    signal: interrupt.signal,
    complete: (text) =>
      complete(text, {
        tools: session.settings.tools.tools,
        commands: commandNames,
        hasConsole: options.console === true,
        storedKeys: async () => Object.keys(await session.storedValues()),
      }),
    onInterrupt: () => runner.terminate(),
    onClosed: () => leaving.abort(new Error("the person has left")),
  });
  terminal.prompt = input;
  approver.questioner = {
    ask: (text, question, asking) => {
      terminal.note(text);
      return input.ask(question, asking);
    },
  };
  await new EntryLoop({ session, terminal, input, runner, signal }).run();
  terminal.prompt = undefined;
  history.close();
  return 0;
}

function banner({ bold, dim }: Style): string {
  return [
    `${bold(`codecell ${packageVersion()}`)}: each entry is a cell of its own. They share no variables,`,
    "only what one keeps with store(key, value) for the next to load(key).",
    dim(".help tells more, Tab completes, Ctrl-D leaves."),
  ].join("\n");
}
