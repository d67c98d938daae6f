import { CodeModeError } from "../../base/errors.js";
import type { SessionContext } from "../open-session.js";
import { UsageError } from "../usage-error.js";
import { Gateway, type GatewayOptions } from "./gateway.js";
import { serveHttp } from "./http-front.js";
import { ListenError } from "./listen-error.js";
import { serveStandardStreams } from "./stdio-front.js";

/** The exit code after Ctrl-C; other ends are what a server is asked for. */
const interruptedCode = 130;

/**
 * Serves MCP clients until the one on standard input leaves, or a signal comes.
 *
 * @returns The exit code.
 */
export async function serve(options: GatewayOptions, context: SessionContext): Promise<number> {
  const { terminal, interrupt } = context;
  try {
    await using gateway = await Gateway.open(options, context);
    await (options.listen === "stdio"
      ? serveStandardStreams(gateway)
      : serveHttp(gateway, options.listen));
    return interrupt.exitCode === interruptedCode ? interruptedCode : 0;
  } catch (error) {
    const isExpected = [CodeModeError, UsageError, ListenError].some(
      (known) => error instanceof known,
    );
    if (!isExpected) throw error;
    terminal.note(`${terminal.style.red("codecell:")} ${(error as Error).message}`);
    return error instanceof ListenError ? 1 : 2;
  }
}
