import { describeThrown } from "../../base/describe-value.js";
import { CodeModeError, type CodeModeErrorCode } from "../../base/errors.js";
import type { ServerInfo } from "../../durable/cluster-store.js";
import type { CellEvent } from "../../protocol/events.js";
import type { CellOutcome } from "../../protocol/outcome.js";
import { ServiceError, type ServiceErrorCode } from "../service-error.js";
import type { HopKey } from "./hop-key.js";
import {
  type HopLine,
  type HopNews,
  type HopRequest,
  hopHeader,
  hopPath,
  hopPingMs,
  hopServerHeader,
} from "./hop-message.js";

/** Milliseconds without a sign of life after which another server counts as out of reach. */
const silentMs = 3 * hopPingMs;

/** UTF-16 units of one line of an answer. */
const maxLineLength = 256 * 1024 * 1024;

/** The server did not answer, or not to the end: it is gone, stands still or cannot be reached. */
export class HopLost extends Error {
  override readonly name = "HopLost";

  constructor(message: string, options: ErrorOptions) {
    super(message, options);
    // It says where a server is; where the code was is of no use to an operator, who gets one for each server that ends.
    this.stack = `HopLost: ${message}`;
  }
}

/** Who asks, and what it is told before the outcome. */
export interface HopListener {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: CellEvent) => void) | undefined;
  readonly onCellId?: ((cellId: string) => void) | undefined;
}

/**
 * Asks another server for a cell.
 *
 * @throws {HopLost} Whether it has done anything of it is not known.
 * @throws {CodeModeError} As the other server's `CellService`.
 * @throws {ServiceError} The same.
 * @throws The signal's reason when it is aborted.
 */
export async function askServer(
  { id, address }: Pick<ServerInfo, "id" | "address">,
  key: HopKey,
  request: HopRequest,
  { signal, onEvent, onCellId }: HopListener,
): Promise<CellOutcome> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  signal?.addEventListener("abort", onAbort, { once: true });
  let clock: NodeJS.Timeout | undefined;
  const isAlive = (): void => {
    clearTimeout(clock);
    clock = setTimeout(() => stop.abort(new Error("it has said nothing for too long")), silentMs);
  };
  isAlive();
  try {
    const response = await post({ id, address }, key, request, stop.signal);
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      throw new Error(`it has answered with the status ${response.status}`);
    }
    for await (const line of linesOf(response.body, isAlive)) {
      if (line.type === "event") onEvent?.(line.event);
      else if (line.type === "cellId") onCellId?.(line.cellId);
      else if (line.type === "error") throw new Answered(errorOf(line));
      else if (line.type === "outcome") return line.outcome;
    }
    throw new Error("its answer has no end");
  } catch (thrown) {
    if (thrown instanceof Answered) throw thrown.error;
    signal?.throwIfAborted();
    throw new HopLost(`The server at ${address} cannot be asked: ${whyLost(thrown)}`, {
      cause: thrown,
    });
  } finally {
    clearTimeout(clock);
    signal?.removeEventListener("abort", onAbort);
    // What may still come is of no use.
    stop.abort();
  }
}

/** The code of the system's error where it has one: `fetch` itself says only that it has failed. */
function whyLost(thrown: unknown): string {
  const { cause } = thrown as { readonly cause?: NodeJS.ErrnoException };
  return cause?.code ?? describeThrown(thrown);
}

/**
 * Tells another server something that it would find out by itself.
 *
 * @returns Whether it was told. Never rejects.
 */
export async function tellServer(
  server: Pick<ServerInfo, "id" | "address">,
  key: HopKey,
  news: HopNews,
): Promise<boolean> {
  try {
    const response = await post(server, key, news, AbortSignal.timeout(silentMs));
    await response.body?.cancel();
    return response.status === 204;
  } catch {
    return false;
  }
}

function post(
  { id, address }: Pick<ServerInfo, "id" | "address">,
  key: HopKey,
  message: HopRequest | HopNews,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(new URL(hopPath, address), {
    method: "POST",
    headers: {
      authorization: key.header,
      "content-type": "application/json",
      [hopHeader]: "1",
      [hopServerHeader]: id,
    },
    body: JSON.stringify(message),
    redirect: "error",
    signal,
  });
}

/** What the other server has said is wrong. */
class Answered extends Error {
  readonly error: Error;

  constructor(error: Error) {
    super();
    this.error = error;
  }
}

async function* linesOf(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void,
): AsyncGenerator<HopLine> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  for await (const bytes of body as unknown as AsyncIterable<Uint8Array>) {
    onBytes();
    const [first = "", ...others] = decoder.decode(bytes, { stream: true }).split("\n");
    parts.push(first);
    length += first.length;
    if (length > maxLineLength) throw new Error("a line of its answer is too long");
    for (const other of others) {
      const text = parts.join("");
      parts = [other];
      length = other.length;
      if (text !== "") yield JSON.parse(text) as HopLine;
    }
  }
}

function errorOf({ of, code, message, retryAfterMs }: HopLine & { type: "error" }): Error {
  if (of === "service") {
    const options = retryAfterMs === undefined ? {} : { retryAfterMs };
    return new ServiceError(code as ServiceErrorCode, message, options);
  }
  return of === "cell" ? new CodeModeError(code as CodeModeErrorCode, message) : new Error(message);
}
