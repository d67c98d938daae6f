import { CodeModeError } from "../base/errors.js";
import { ListenError } from "./gateway/listen-error.js";
import type { SessionContext } from "./open-session.js";
import { UsageError } from "./usage-error.js";

/** The exit code after Ctrl-C; other ends are what a server is asked for. */
const interruptedCode = 130;

/**
 * Runs a command that serves until a signal comes, and tells why it does not.
 *
 * @returns The exit code: 2 where the command was used wrongly, 1 where the address or the store cannot be had.
 * @throws What is no error of the person at the terminal.
 */
export async function runServer(
  serve: () => Promise<void>,
  { terminal, interrupt }: Pick<SessionContext, "terminal" | "interrupt">,
): Promise<number> {
  try {
    await serve();
    return interrupt.exitCode === interruptedCode ? interruptedCode : 0;
  } catch (error) {
    const isExpected = [CodeModeError, UsageError, ListenError].some(
      (known) => error instanceof known,
    );
    if (!isExpected) throw error;
    terminal.note(`${terminal.style.red("codecell:")} ${(error as Error).message}`);
    return error instanceof ListenError || isStoreError(error) ? 1 : 2;
  }
}

function isStoreError(error: unknown): boolean {
  if (!(error instanceof CodeModeError)) return false;
  return ["ERR_STORE_UNAVAILABLE", "ERR_STORE_KEY", "ERR_PACKAGE_MISSING"].includes(error.code);
}
