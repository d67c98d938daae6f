import { spawn } from "node:child_process";
import { askForLogin, logIn } from "../../mcp/client/login-flow.js";
import { LoginProvider } from "../../mcp/client/login-provider.js";
import { LoginStore } from "../../mcp/client/login-store.js";
import { count, visible } from "../format.js";
import { type SessionContext, tellFailure } from "../open-session.js";
import { readConfig } from "../run-inputs.js";
import { UsageError } from "../usage-error.js";
import { CallbackServer } from "./callback-server.js";

/** The options of `codecell login` and `codecell logout`. */
export interface LoginOptions {
  readonly config: string;
  /** False where the person opens the page. */
  readonly browser?: boolean;
}

/** Milliseconds that a person has. */
const loginTimeoutMs = 10 * 60_000;

/**
 * Lets a person log in at a server of the config, and keeps the tokens.
 *
 * @returns The exit code.
 */
export async function login(
  name: string,
  options: LoginOptions,
  context: SessionContext,
): Promise<number> {
  const { terminal, interrupt } = context;
  try {
    const url = await addressOf(name, options.config, context);
    const store = new LoginStore(url);
    await using callbacks = await CallbackServer.open();
    const provider = new LoginProvider({
      store,
      redirectUrl: callbacks.url,
      onRedirect: (page) => showPage(name, page, options, context),
    });
    const signal = AbortSignal.any([interrupt.signal, AbortSignal.timeout(loginTimeoutMs)]);
    const challenge = await askForLogin(url, signal).catch((error: Error) => {
      const why = error.cause instanceof Error ? error.cause.message : error.message;
      const text = `the server "${visible(name)}" cannot be reached: ${why}`;
      throw new UsageError(text, { cause: error });
    });
    const came = callbacks.next(provider.expectedState, signal);
    came.catch(() => {});
    await logIn(provider, challenge, came).catch((error: Error) => {
      throw new UsageError(`no login at "${visible(name)}": ${error.message}`, { cause: error });
    });
    terminal.note(
      `${terminal.style.green("✓")} logged in at ${visible(name)}; kept in ${store.file}`,
    );
    return 0;
  } catch (error) {
    return tellLoginFailure(error, context);
  }
}

/**
 * Forgets a login.
 *
 * @returns The exit code.
 */
export async function logout(
  name: string,
  options: LoginOptions,
  context: SessionContext,
): Promise<number> {
  const { terminal } = context;
  try {
    const had = new LoginStore(await addressOf(name, options.config, context)).remove();
    terminal.note(
      had ? `logged out of ${visible(name)}` : `there was no login at ${visible(name)}`,
    );
    return 0;
  } catch (error) {
    return tellLoginFailure(error, context);
  }
}

function tellLoginFailure(error: unknown, context: SessionContext): number {
  const isOwn = error instanceof UsageError && error.cause !== undefined;
  const { exitCode } = tellFailure(error, context);
  return isOwn && exitCode === 2 ? 1 : exitCode;
}

async function addressOf(name: string, file: string, context: SessionContext): Promise<string> {
  const { mcpServers } = await readConfig(file, (warning) => context.report.warning(warning));
  const server = Object.hasOwn(mcpServers, name) ? mcpServers[name] : undefined;
  if (server === undefined) {
    const names = Object.keys(mcpServers).map(visible).join(", ");
    throw new UsageError(`${file} has no server "${visible(name)}"; there are ${names || "none"}`);
  }
  if (!("url" in server)) {
    throw new UsageError(
      `the server "${visible(name)}" is started by a command: only servers with a "url" have a login`,
    );
  }
  return server.url;
}

function showPage(
  name: string,
  page: URL,
  { browser }: LoginOptions,
  { terminal }: SessionContext,
): void {
  const minutes = count(loginTimeoutMs / 60_000, "minute");
  terminal.note(`To log in at ${visible(name)}, open this page within ${minutes}:\n${page.href}`);
  if (browser === false || !terminal.isErrorTty) return;
  const opener = spawn("xdg-open", [page.href], { stdio: "ignore", detached: true });
  // The address is there to be copied.
  opener.on("error", () => {});
  opener.unref();
}
