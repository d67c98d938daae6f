import { describeThrown } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import { followSignal } from "../base/followed-signal.js";
import { beginningOf } from "../base/shorten.js";
import { authorizationOf, type Connection } from "./connect-options.js";
import { EventStream, type ServerEvent } from "./event-stream.js";
import { untilAborted } from "./pause.js";
import { parseJson } from "./read-answers.js";
import { answerError, readServerError } from "./server-error.js";

/** One request, which may be sent more than once. */
export interface ServerRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** From `/v1` on, with its query. */
  readonly path: string;
  /** JSON text. */
  readonly body?: string | undefined;
  /** Set where the answer may come as events; gets them, but for the last. */
  readonly onEvent?: ((event: ServerEvent) => void) | undefined;
}

/** How a request went that may be sent again. */
export interface Failure {
  readonly error: CodeModeError;
  /** Milliseconds after which the server says that it may be; 0 where it says nothing. */
  readonly afterMs: number;
}

export type AttemptResult = { readonly answer: unknown } | { readonly failure: Failure };

/** Bytes that are read of an answer that is no answer of codecell. */
const maxStrangeBytes = 2000;
const maxRetryAfterMs = 60_000;

/** One try of one request. */
export class Attempt {
  readonly #connection: Connection;
  readonly #request: ServerRequest;
  /** Aborted when nothing comes any more, and when its caller gives up. */
  readonly #stop = new AbortController();
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, request: ServerRequest) {
    this.#connection = connection;
    this.#request = request;
  }

  /**
   * @throws {CodeModeError} Where it makes no sense to send the request again.
   * @throws The signal's reason when it is aborted.
   */
  async run(signal: AbortSignal): Promise<AttemptResult> {
    signal.throwIfAborted();
    // What the caller's function throws is the caller's.
    const given = this.#connection.token;
    const token = await untilAborted(Promise.resolve(given?.()), signal);
    const authorization = given === undefined ? undefined : authorizationOf(token);
    const caller = followSignal(signal, this.#stop);
    try {
      this.#hear();
      return await this.#send(authorization);
    } catch (thrown) {
      signal.throwIfAborted();
      if (thrown instanceof CodeModeError && thrown.code !== "ERR_SERVER_UNREACHABLE") throw thrown;
      const error = thrown instanceof CodeModeError ? thrown : this.#unreachable(thrown);
      return { failure: { error, afterMs: 0 } };
    } finally {
      clearTimeout(this.#silence);
      caller.leave();
      // What is left of the answer is not wanted.
      this.#stop.abort();
    }
  }

  async #send(authorization: string | undefined): Promise<AttemptResult> {
    const { method, path, body, onEvent } = this.#request;
    const headers = {
      ...(authorization === undefined ? {} : { authorization }),
      accept: onEvent === undefined ? "application/json" : "text/event-stream, application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const { signal } = this.#stop;
    const response = await untilAborted(
      this.#connection.fetch(`${this.#connection.base}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        // The token is for this server and no other.
        redirect: "manual",
        signal,
      }),
      signal,
    );
    this.#hear();
    if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400)) {
      throw answerError("answers with a redirect, which is not followed");
    }
    const [type = ""] = (response.headers.get("content-type") ?? "").split(";");
    const isJson = type.trim().toLowerCase() === "application/json";
    if (!response.ok) return this.#refused(response, isJson);
    if (response.status === 204) return { answer: undefined };
    if (isJson) return { answer: parseJson(await this.#text(response)) };
    if (onEvent !== undefined && type.trim().toLowerCase() === "text/event-stream") {
      return this.#lastEvent(response, onEvent);
    }
    throw await this.#strange(response);
  }

  /** The answer with which a stream of events ends. */
  async #lastEvent(
    response: Response,
    onEvent: (event: ServerEvent) => void,
  ): Promise<AttemptResult> {
    const stream = new EventStream(this.#connection.maxAnswerBytes);
    const decoder = new TextDecoder();
    for await (const chunk of this.#chunks(response)) {
      for (const event of stream.read(decoder.decode(chunk, { stream: true }))) {
        if (event.name === "outcome") return { answer: parseJson(event.data) };
        if (event.name === "error") {
          const error = readServerError(parseJson(event.data));
          if (error === undefined) throw answerError("sends an error that cannot be read");
          return retriedOrThrown(error, { afterMs: 0 });
        }
        onEvent(event);
      }
    }
    throw new Error("the connection ended before the answer");
  }

  /** @throws {CodeModeError} Where it makes no sense to send the request again. */
  async #refused(response: Response, isJson: boolean): Promise<AttemptResult> {
    const error = isJson ? readServerError(parseJson(await this.#text(response))) : undefined;
    const afterMs = retryAfterMs(response.headers.get("retry-after") ?? "");
    if (error !== undefined) return retriedOrThrown(error, { afterMs, status: response.status });
    const strange = await this.#strange(response);
    // A proxy speaks, and not the server behind it.
    if (![502, 503, 504].includes(response.status)) throw strange;
    return { failure: { error: strange, afterMs } };
  }

  async #strange(response: Response): Promise<CodeModeError> {
    const { status, headers } = response;
    const type = beginningOf(headers.get("content-type") ?? "no content type", 100);
    const parts: Uint8Array[] = [];
    let size = 0;
    if (!response.bodyUsed) {
      for await (const chunk of this.#chunks(response)) {
        parts.push(chunk);
        size += chunk.length;
        if (size >= maxStrangeBytes) break;
      }
    }
    const text = decode(parts).replace(/\s+/g, " ");
    const shown = text === "" ? "" : `: ${JSON.stringify(beginningOf(text, 200))}`;
    return answerError(`answers with status ${status} and ${type}${shown}`);
  }

  async #text(response: Response): Promise<string> {
    const { maxAnswerBytes } = this.#connection;
    const parts: Uint8Array[] = [];
    let left = maxAnswerBytes;
    for await (const chunk of this.#chunks(response)) {
      left -= chunk.length;
      if (left < 0) {
        throw answerError(`sends more than ${maxAnswerBytes} bytes (maxAnswerBytes)`);
      }
      parts.push(chunk);
    }
    return decode(parts);
  }

  async *#chunks(response: Response): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    try {
      for (;;) {
        const { done, value } = await untilAborted(reader.read(), this.#stop.signal);
        if (done) return;
        this.#hear();
        yield value;
      }
    } finally {
      // Never waited for: it takes as long as the other side likes.
      reader.cancel().catch(() => {});
    }
  }

  /** Something has come. */
  #hear(): void {
    clearTimeout(this.#silence);
    const { silenceMs } = this.#connection;
    // Timers know no longer time.
    this.#silence = setTimeout(
      () => {
        this.#stop.abort(this.#unreachable(`nothing has come for ${silenceMs} ms`));
      },
      Math.min(silenceMs, 2 ** 31 - 1),
    );
  }

  #unreachable(why: unknown): CodeModeError {
    const { origin } = new URL(this.#connection.base);
    const text = typeof why === "string" ? why : causesOf(why);
    const message = `The server at ${origin} did not answer: ${text}. Check that it runs, and that its url is right.`;
    return new CodeModeError("ERR_SERVER_UNREACHABLE", message, { cause: why });
  }
}

/** Errors that another server, or the same a moment later, does not give. */
const passing: readonly string[] = [
  "ERR_CELL_BUSY",
  "ERR_DRAINING",
  "ERR_PROCESS_START",
  "ERR_SESSION_CLOSED",
  "ERR_STORE_UNAVAILABLE",
  "ERR_THREAD_START",
  "ERR_TOO_MANY_ORPHANS",
];

/** @throws {CodeModeError} The error, where the same request would get it again. */
function retriedOrThrown(error: CodeModeError, { afterMs, status }: Refusal): AttemptResult {
  const mayPass = status === 503 || (status === 429 && afterMs > 0) || passing.includes(error.code);
  if (mayPass) return { failure: { error, afterMs } };
  throw error;
}

interface Refusal {
  readonly afterMs: number;
  /** Of HTTP; undefined where the answer had begun. */
  readonly status?: number;
}

function retryAfterMs(header: string): number {
  if (!/^\d{1,6}$/.test(header)) return 0;
  return Math.min(Number(header) * 1000, maxRetryAfterMs);
}

function decode(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
}

/** An error of fetch says "fetch failed"; its causes say why. */
function causesOf(thrown: unknown): string {
  const texts: string[] = [];
  for (let error = thrown, depth = 0; error instanceof Error && depth < 4; depth += 1) {
    texts.push(describeThrown(error));
    error = error.cause;
  }
  return beginningOf(texts.length === 0 ? describeThrown(thrown) : texts.join(": "), 500);
}
