import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import {
  type JSONRPCMessage,
  serializeMessage,
  type Transport,
} from "@modelcontextprotocol/client";
import { getDefaultEnvironment } from "@modelcontextprotocol/client/stdio";
import { inSlices } from "../../base/slices.js";
import { readLargeMessage } from "./large-message.js";
import { maxMessageValues } from "./message-limits.js";
import { MessageLines } from "./message-lines.js";
import { readMessages } from "./read-message.js";
import { RecentLines } from "./recent-lines.js";

export interface ServerProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the few variables the SDK lets a server inherit. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly onStderr: ((line: string) => void) | undefined;
}

/** How a server's process ended: by itself with a code, or by a signal. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Milliseconds a server has to end after its input is closed, and again after SIGTERM. */
const graceMs = 1_000;
/** Milliseconds until a process whose pipes are held open by another one counts as ended. */
const pipesGraceMs = 250;

/** Lines of a server that are read in one turn of the event loop. */
const linesInTurn = 50;

/** What must not outlive this process, however it exits. */
const running = new Set<ServerProcess>();

function killAllAtExit(): void {
  for (const server of running) {
    server.kill();
  }
}

/**
 * An MCP server as a child process, the SDK's `Transport` over its standard input and output. Unlike
 * the SDK's own, it knows how the process ended and what it said last, and the process leads a group
 * of its own: Ctrl-C at a terminal reaches us alone, and `npx` and shells end with what they started.
 */
export class ServerProcess implements Transport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: ((message: JSONRPCMessage) => void) | undefined;

  readonly #options: ServerProcessOptions;
  readonly #said: RecentLines;
  readonly #messages: MessageLines;
  /** Read the lines that have come. */
  #lines: (() => void)[] = [];
  /** Resolves when all of them have been read; undefined where there are none. */
  #reading: Promise<void> | undefined;
  #child: ChildProcessByStdio<Writable, Readable, Readable> | undefined;
  #end: ProcessEnd | undefined;
  #closed: Promise<void> = Promise.resolve();

  constructor(options: ServerProcessOptions) {
    this.#options = options;
    this.#said = new RecentLines(options.onStderr);
    this.#messages = new MessageLines({
      onLine: (line) => this.#lines.push(() => this.#receive(line)),
      onLargeLine: (line, scan) => {
        const message = readLargeMessage(line, scan);
        this.#lines.push(() => this.#receiveLarge(message));
      },
    });
  }

  /** Undefined while the process runs, and where it never did. */
  get end(): ProcessEnd | undefined {
    return this.#end;
  }

  /** Resolves when the process is gone and everything it said has been read. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** The last lines on its standard error, and on its standard output what was no message. */
  get lastLines(): readonly string[] {
    return this.#said.lines();
  }

  start(): Promise<void> {
    const { command, args, env, cwd } = this.#options;
    const child = spawn(command, args, {
      cwd,
      env: { ...getDefaultEnvironment(), ...env },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    this.#child = child;
    child.stdout.on("data", (chunk: Buffer) => {
      this.#cut(chunk);
      if (this.#lines.length > 0) this.#reading ??= this.#readLines(child.stdout);
    });
    child.stderr.on("data", (chunk: Buffer) => this.#said.push(chunk));
    // A server that ends while we write to it is told by its end, not by the broken pipe.
    for (const stream of [child.stdin, child.stdout, child.stderr]) {
      stream.on("error", (error) => this.onerror?.(error));
    }
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("spawn", () => {
        this.#closed = this.#watch(child);
        resolve();
      });
    });
  }

  send(message: JSONRPCMessage): Promise<void> {
    const child = this.#child;
    if (child === undefined || this.#end !== undefined) {
      const ended = new Error("the server's process has ended");
      return Promise.reject(Object.assign(ended, { code: "EPIPE" }));
    }
    return new Promise((resolve, reject) => {
      child.stdin.write(serializeMessage(message), (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Ends the server as the protocol asks: close its input, then SIGTERM, then SIGKILL. */
  async close(): Promise<void> {
    this.#child?.stdin.end();
    if (!(await this.#closesWithin(graceMs))) {
      await this.stop();
    }
  }

  /** Ends the server without asking first: SIGTERM, then SIGKILL. */
  async stop(): Promise<void> {
    this.#signal("SIGTERM");
    if (!(await this.#closesWithin(graceMs))) {
      this.kill();
      await this.#closed;
    }
  }

  /** Ends the server at once. */
  kill(): void {
    this.#signal("SIGKILL");
  }

  async #watch(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<void> {
    if (running.size === 0) {
      process.on("exit", killAllAtExit);
    }
    running.add(this);
    await new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      child.once("exit", (code, signal) => {
        // Whatever the server started and left behind in its group; later the number may be another's.
        this.#signal("SIGTERM");
        this.#end = { code, signal };
        timer = setTimeout(resolve, pipesGraceMs);
      });
      child.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
    });
    await this.#reading;
    running.delete(this);
    if (running.size === 0) {
      process.off("exit", killAllAtExit);
    }
    for (const stream of [child.stdin, child.stdout, child.stderr]) {
      stream.destroy();
    }
    this.#said.end();
    this.onclose?.();
  }

  #cut(chunk: Buffer): void {
    try {
      this.#messages.push(chunk);
    } catch (error) {
      this.#said.add(error instanceof Error ? error.message : String(error));
      void this.stop();
    }
  }

  /**
   * A server that floods us with messages must not hold the event loop. Its output is paused, but comes
   * all the same when it has ended.
   */
  async #readLines(output: Readable): Promise<void> {
    output.pause();
    while (this.#lines.length > 0) {
      const lines = this.#lines;
      this.#lines = [];
      // The client handles news in a microtask, and progress no longer once its call has been answered: so
      // one line is read after the other.
      await inSlices(lines, async (read) => read(), linesInTurn);
      await new Promise(setImmediate);
    }
    this.#reading = undefined;
    output.resume();
  }

  #receive(line: string): void {
    if (line.trim() === "") {
      return;
    }
    const messages = readMessages(line);
    // Some servers print a greeting or their usage where only messages belong.
    if (messages === undefined) this.#said.add(line);
    else for (const message of messages) this.onmessage?.(message);
  }

  /** An answer that cannot be parsed in reasonable time fails its request, and nothing else. */
  #receiveLarge(message: JSONRPCMessage | undefined): void {
    this.#said.add(`a message is made of more than ${maxMessageValues} values`);
    if (message !== undefined) this.onmessage?.(message);
  }

  /** To the whole group; a group that is gone is what we want. */
  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#end !== undefined) {
      return;
    }
    try {
      process.kill(-pid, signal);
    } catch {
      // ESRCH: no process of the group is left.
    }
  }

  #closesWithin(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      void this.#closed.then(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}
