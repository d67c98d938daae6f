import { randomUUID } from "node:crypto";
import { packageVersion } from "../../base/package-version.js";
import type { Session } from "../../session/session.js";
import type { Approver } from "../approve/approver.js";
import { type SessionContext, tellFailure, useSession } from "../open-session.js";
import type { SessionCommandOptions } from "../session-options.js";
import type { Style } from "../terminal.js";
import { cellModule, cellModuleName } from "./cell-module.js";
import { complete } from "./completion.js";
import { commandNames } from "./dot-commands.js";
import { EntryHistory, historyFile } from "./entry-history.js";
import { EntryLoop } from "./entry-loop.js";
import { EntryRunner } from "./entry-runner.js";
import { PipedInput } from "./piped-input.js";
import { Prompt } from "./prompt.js";
import { showValue, type ValueNode } from "./shown-value.js";
import { storedEntries } from "./stored-entries.js";

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
  const mark = `\u0000repl ${randomUUID()} `;
  const entries: EntryOptions = { ...options, mark };
  try {
    const exitCode = await useSession(
      { ...options, restart: hasPrompt, modules: { [cellModuleName]: cellModule(mark) } },
      context,
      (session, approver) =>
        hasPrompt
          ? runAtPrompt(session, approver, entries, context)
          : runPiped(session, entries, context),
    );
    return context.interrupt.exitCode ?? exitCode;
  } catch (error) {
    return tellFailure(error, context).exitCode;
  }
}

interface EntryOptions extends SessionCommandOptions {
  readonly mark: string;
}

async function runPiped(
  session: Session,
  options: EntryOptions,
  { terminal, report, interrupt: { signal } }: SessionContext,
): Promise<number> {
  using input = new PipedInput(process.stdin, signal);
  const runner = new EntryRunner(session, { ...options, report, signal, showValue: undefined });
  const loop = new EntryLoop({ session, terminal, input, runner, signal });
  return (await loop.run()) ? 0 : 1;
}

async function runAtPrompt(
  session: Session,
  approver: Approver,
  options: EntryOptions,
  { terminal, report, interrupt }: SessionContext,
): Promise<number> {
  const leaving = new AbortController();
  const signal = AbortSignal.any([interrupt.signal, leaving.signal]);
  const showValueHere = (value: ValueNode): void => {
    const width = process.stdout.columns || 80;
    terminal.styledResult(`${showValue(value, { colors: terminal.hasResultColors, width })}\n`);
  };
  const runner = new EntryRunner(session, {
    ...options,
    report,
    signal,
    showValue: showValueHere,
  });
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
        hasConsole: options.console !== "off",
        hasWebGlobals: options.webGlobals,
        storedKeys: async () => (await storedEntries(session)).map(([key]) => key),
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
    `${bold(`codecell ${packageVersion()}`)}: each entry runs as its own cell. Later entries get copies of its`,
    "declarations; store(key, value) and load(key) share other values.",
    dim(".help lists more, Tab completes, Ctrl-D leaves."),
  ].join("\n");
}
