import { Duplex, finished } from "node:stream";
import { CodeModeError } from "../../base/errors.js";
import { FramedConnection } from "../../host-server/framed/framed-connection.js";
import { GrpcServer } from "../../host-server/grpc/grpc-server.js";
import { hostLimits } from "../../host-server/host-limits.js";
import type { CodeMode } from "../../index.js";
import { ListenError } from "../gateway/listen-error.js";
import { whenAborted } from "../interrupt.js";
import type { SessionContext } from "../open-session.js";
import type { HostCommandOptions } from "./host-options.js";

/**
 * Serves Codex until it leaves, or a signal comes.
 *
 * @returns The exit code.
 */
export async function serveHost(
  options: HostCommandOptions,
  { terminal, interrupt }: SessionContext,
): Promise<number> {
  const note = (message: string): void => terminal.note(`codecell host: ${message}`);
  const { listen, limit, deadlock, dialect, isolation, webGlobals } = options;
  const { createCodeMode } = await import("../../index.js");
  // A signal that came before is told to no listener.
  if (interrupt.signal.aborted) return 0;
  try {
    await using codeMode = createCodeMode({
      limits: { ...hostLimits, ...limit },
      deadlock,
      dialect,
      isolation,
      webGlobals,
      console: false,
    });
    if (listen.wire === "framed") await serveFrames(codeMode, note, interrupt.signal);
    else if (listen.at === "stdio") await serveGrpc(codeMode, note, interrupt.signal);
    else await listenForGrpc(codeMode, listen.at, note, interrupt.signal);
    return 0;
  } catch (error) {
    if (error instanceof ListenError || error instanceof CodeModeError) {
      note(error.message);
      return 1;
    }
    throw error;
  }
}

async function serveFrames(
  codeMode: CodeMode,
  onProblem: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { stdin: input, stdout: output } = process;
  const connection = new FramedConnection({ codeMode, input, output, onProblem });
  signal.addEventListener("abort", () => void connection.close());
  await connection.closed;
  input.destroy();
}

async function serveGrpc(
  codeMode: CodeMode,
  onProblem: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const server = new GrpcServer(codeMode, { onProblem });
  const connection = Duplex.from({ readable: process.stdin, writable: process.stdout });
  // A client that is gone needs no answer.
  connection.on("error", () => {});
  server.serve(connection);
  await new Promise<void>((resolve) => {
    finished(process.stdin, { writable: false }, () => resolve());
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await server.close();
  connection.destroy();
}

async function listenForGrpc(
  codeMode: CodeMode,
  { host, port }: { readonly host: string; readonly port: number },
  onProblem: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const server = new GrpcServer(codeMode, { onProblem });
  const shownHost = host.includes(":") ? `[${host}]` : host;
  try {
    const taken = await server.listen(host, port);
    // A line that the starter reads.
    process.stdout.write(`http://${shownHost}:${taken}\n`);
    await whenAborted(signal);
  } catch (error) {
    throw new ListenError(`cannot listen at ${shownHost}:${port}: ${(error as Error).message}`);
  } finally {
    await server.close();
  }
}
