import { PassThrough, type Readable, type Writable } from "node:stream";
import type { ToldClient } from "../../../mcp/gateway/told-transport.js";
import { clientHash, type KnownAnswers } from "./known-answers.js";

/** Bytes of a line that is looked at here; the real server reads longer ones. */
const maxLineBytes = 64 * 1024;

/** Milliseconds that a client is given for its next question before all else is loaded, which takes the processor. */
const patienceMs = 50;

/** A request, as far as it is looked at. */
interface Request {
  readonly id: string | number;
  readonly method: string;
  readonly params?: unknown;
}

/**
 * Answers a client's `initialize` and its first `tools/list` as the real server has answered the same before, while that
 * is still to be loaded. Everything else that the client sends is kept for the real server, unread.
 */
export class FirstAnswers implements Disposable {
  /** What the client has sent, for the real server, without the requests that have been answered here. */
  readonly input: PassThrough = new PassThrough();
  /** Resolves when the client waits for no answer that is known, as far as can be seen. */
  readonly idle: Promise<void>;
  readonly #known: KnownAnswers;
  readonly #stdin: Readable;
  readonly #stdout: Writable;
  #rest: Buffer = Buffer.alloc(0);
  #told: ToldClient | undefined;
  #isLooking = true;
  #isHandedOver = false;
  #setIdle: () => void = () => {};
  #timer: NodeJS.Timeout;

  constructor(known: KnownAnswers, stdin: Readable, stdout: Writable) {
    this.#known = known;
    this.#stdin = stdin;
    this.#stdout = stdout;
    this.idle = new Promise((resolve) => {
      this.#setIdle = resolve;
    });
    this.#timer = setTimeout(this.#setIdle, patienceMs);
    stdin.on("data", this.#take).on("end", this.#stop);
    stdin.on("error", ignore).on("close", this.#end);
    // The real server notices by itself that its client has gone.
    stdout.on("error", ignore);
  }

  /** Looks at nothing more; `input` goes on with what the client sends. Returns what the client has been told. */
  handOver(): ToldClient | undefined {
    this.#stop();
    this.#stdin.off("data", this.#take).off("end", this.#stop);
    this.#stdout.off("error", ignore);
    this.#isHandedOver = true;
    if (this.#stdin.readableEnded || this.#stdin.destroyed) this.input.end();
    else this.#stdin.pipe(this.input);
    return this.#told;
  }

  /** Reads nothing more, so that standard input does not keep the process. */
  [Symbol.dispose](): void {
    this.#stdin.unpipe(this.input);
    this.#stdin.pause();
  }

  /** Standard input is closed, after its end or without one. */
  readonly #end = (): void => {
    this.#stop();
    if (this.#isHandedOver) this.input.end();
  };

  readonly #take = (chunk: Buffer): void => {
    if (!this.#isLooking) {
      this.#pass(chunk);
      return;
    }
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let end = this.#rest.indexOf(10); this.#isLooking && end !== -1; ) {
      const line = this.#rest.subarray(start, end + 1);
      start = end + 1;
      if (!this.#answers(line)) this.#pass(line);
      end = this.#rest.indexOf(10, start);
    }
    this.#rest = this.#rest.subarray(start);
    if (!this.#isLooking || this.#rest.length > maxLineBytes) this.#stop();
  };

  readonly #stop = (): void => {
    this.#isLooking = false;
    clearTimeout(this.#timer);
    this.#setIdle();
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    if (rest.length > 0) this.#pass(rest);
  };

  #pass(bytes: Buffer): void {
    if (this.input.write(bytes)) return;
    this.#stdin.pause();
    this.input.once("drain", () => this.#stdin.resume());
  }

  /** Whether a line was a request that is answered now. */
  #answers(line: Buffer): boolean {
    const request = line.length > maxLineBytes ? undefined : readRequest(line);
    if (this.#told === undefined) {
      const { method, params } = request ?? {};
      const result =
        method === "initialize" ? this.#known.initialize[clientHash(params)] : undefined;
      // Only a client that begins as one before it is told what that one was.
      if (request === undefined || result === undefined) {
        this.#isLooking = false;
        return false;
      }
      this.#told = { params: params as object };
      this.#answer(request, result);
      this.#timer = setTimeout(this.#setIdle, patienceMs);
      return true;
    }
    if (request?.method !== "tools/list" || !asksForAll(request.params)) return false;
    this.#told = { ...this.#told, tools: this.#known.tools };
    this.#answer(request, this.#known.tools);
    this.#isLooking = false;
    return true;
  }

  #answer({ id }: Request, result: object): void {
    clearTimeout(this.#timer);
    this.#stdout.write(`${JSON.stringify({ result, jsonrpc: "2.0", id })}\n`);
  }
}

/** Undefined where the line is not a request with nothing unusual about it. */
function readRequest(line: Buffer): Request | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line.toString());
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { jsonrpc, id, method, params, ...others } = value as Readonly<Record<string, unknown>>;
  const isId = typeof id === "string" || Number.isSafeInteger(id);
  if (jsonrpc !== "2.0" || !isId || typeof method !== "string") return undefined;
  if (Object.keys(others).length > 0) return undefined;
  return { id: id as string | number, method, params };
}

/** Whether the parameters of a `tools/list` ask for the whole list: they have no cursor, and at most a token for progress. */
function asksForAll(params: unknown): boolean {
  if (params === undefined) return true;
  if (typeof params !== "object" || params === null || Array.isArray(params)) return false;
  const { _meta: meta = {}, ...others } = params as Readonly<Record<string, unknown>>;
  if (Object.keys(others).length > 0 || typeof meta !== "object" || meta === null) return false;
  const { progressToken, ...more } = meta as Readonly<Record<string, unknown>>;
  const isToken = ["undefined", "string", "number"].includes(typeof progressToken);
  return isToken && Object.keys(more).length === 0;
}

function ignore(): void {}
