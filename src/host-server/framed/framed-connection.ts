import { finished, type Readable, type Writable } from "node:stream";
import { assertNever } from "../../base/assert-never.js";
import type { CodeMode } from "../../session/code-mode.js";
import { defaultBacklogBytes, maxMessageBytes } from "../frame-limit.js";
import { HostError } from "../host-error.js";
import { HostSession, type ObservationSignals } from "../host-session.js";
import { RunningObservations } from "../running-observations.js";
import type { Observed, OpenRequest, SessionClient } from "../wire.js";
import {
  type ClientMessage,
  type ClientRequest,
  readClientMessage,
  requestIdOf,
} from "./client-messages.js";
import { DelegateRequests } from "./delegate-requests.js";
import { FrameCutter } from "./frame-cutter.js";
import { FrameWriter } from "./frame-writer.js";
import {
  toFailure,
  toInvocation,
  toRuntimeResponse,
  toWaitCompleted,
  type WireResult,
} from "./host-messages.js";

/** The one version of the protocol. */
const version = 1;

/** What hosts have learnt since version 1. A client uses only those that `connection/ready` names. */
const capabilities: readonly string[] = [
  "bounded-output-v1",
  "delegate-capacity-4096",
  "session-cell-execution-resource-limits",
  "tool-catalog-revision-v1",
  "yield-observation",
];

export interface FramedConnectionOptions {
  readonly codeMode: CodeMode;
  readonly input: Readable;
  readonly output: Writable;
  /** What is wrong with a message that cannot be answered, or why the connection ends. */
  readonly onProblem: (message: string) => void;
  /** Bytes that may wait for a client which does not read; with more it loses its connection. Default: 256 MiB. */
  readonly maxBacklogBytes?: number | undefined;
}

/** A client that sends and gets frames of JSON, with its sessions. */
export class FramedConnection {
  /** Resolves when the client has left and its sessions are closed. */
  readonly closed: Promise<void>;
  readonly #options: FramedConnectionOptions;
  readonly #writer: FrameWriter;
  readonly #delegates: DelegateRequests;
  readonly #sessions = new Map<string, HostSession>();
  readonly #executions = new RunningObservations<number>();
  readonly #waits = new RunningObservations<number>();
  #isOpen = true;
  #isReady = false;
  #leave: () => void = () => {};

  constructor(options: FramedConnectionOptions) {
    this.#options = options;
    const { input, output, onProblem } = options;
    this.#writer = new FrameWriter(output, {
      maxBytes: maxMessageBytes,
      maxBacklogBytes: options.maxBacklogBytes ?? defaultBacklogBytes,
      onOverflow: () => this.#drop("the client does not read what it is sent"),
    });
    this.#delegates = new DelegateRequests((message) => this.#writer.write(message));
    const left = new Promise<void>((resolve) => {
      this.#leave = resolve;
    });
    const reader = new FrameCutter({
      maxBytes: maxMessageBytes,
      onFrame: (content) => this.#take(content),
      onTooLong: (bytes) =>
        onProblem(`a frame of ${bytes} bytes was skipped: it may have ${maxMessageBytes}`),
    });
    input.on("data", (chunk: Buffer) => {
      if (this.#isOpen) reader.push(chunk);
    });
    // A client that is gone needs no answer.
    output.on("error", this.#leave);
    finished(input, { writable: false }, this.#leave);
    this.closed = left.then(() => this.#close());
  }

  /** Ends the sessions, and resolves when their threads are gone. */
  close(): Promise<void> {
    this.#leave();
    return this.closed;
  }

  async #close(): Promise<void> {
    this.#isOpen = false;
    this.#delegates.rejectAll("the client has left");
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
  }

  #drop(why: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#options.onProblem(why);
    this.#leave();
  }

  #take(content: Buffer): void {
    let value: unknown;
    try {
      value = JSON.parse(content.toString("utf8"));
      this.#handle(readClientMessage(value, ""));
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      const id = requestIdOf(value);
      if (!this.#isReady) this.#reject({ type: "invalidHello", message });
      else if (id !== undefined) this.#respond(id, { status: "error", message });
      else this.#options.onProblem(`a message was skipped: ${message}`);
    }
  }

  #handle(message: ClientMessage): void {
    if (!this.#isReady) {
      this.#greet(message);
      return;
    }
    switch (message.type) {
      case "hello":
        throw new HostError("refused", "received a second code-mode client hello");
      case "request":
        void this.#answer(message.id, message.request);
        break;
      case "yield":
        this.#executions.yieldNow(message.id);
        this.#waits.yieldNow(message.id);
        break;
      case "cancel":
        // The cell of an Execute goes on: the client ends it if it wants to.
        this.#waits.cancel(message.id, new HostError("cancelled", "code-mode request cancelled"));
        break;
      case "delegated":
        this.#delegates.answer(message.id, message.answer);
        break;
      default:
        assertNever(message);
    }
  }

  #greet(message: ClientMessage): void {
    if (message.type !== "hello") {
      this.#reject({ type: "invalidHello", message: "first message must be connection/hello" });
      return;
    }
    if (!message.versions.includes(version)) {
      this.#reject({ type: "noCompatibleVersion", supportedVersions: [version] });
      return;
    }
    const capability = message.required.find((name) => !capabilities.includes(name));
    if (capability !== undefined) {
      this.#reject({ type: "missingRequiredCapability", capability });
      return;
    }
    this.#isReady = true;
    const wanted = [...message.required, ...message.optional];
    this.#writer.write({
      type: "connection/ready",
      selectedVersion: version,
      capabilities: capabilities.filter((name) => wanted.includes(name)),
    });
  }

  #reject(reason: object): void {
    this.#isOpen = false;
    this.#writer.write({ type: "connection/rejected", reason });
    this.#leave();
  }

  async #answer(id: number, request: ClientRequest): Promise<void> {
    try {
      await this.#perform(id, request);
    } catch (thrown) {
      this.#respond(id, toFailure(thrown));
    }
  }

  async #perform(id: number, request: ClientRequest): Promise<void> {
    switch (request.method) {
      case "open":
        this.#open(request.request);
        this.#succeed(id, { type: "session/ready", sessionId: request.request.id });
        break;
      case "execute":
        await this.#execute(id, request);
        break;
      case "wait": {
        const session = this.#sessionOf(request.sessionId);
        const observed = await this.#observe(this.#waits, id, (signals) =>
          session.wait(request.request, signals),
        );
        this.#succeed(id, toWaitCompleted(observed));
        break;
      }
      case "terminate": {
        const { cellId, maxOutputTokens } = request;
        const observed = await this.#sessionOf(request.sessionId).terminate(
          cellId,
          maxOutputTokens,
        );
        this.#succeed(id, toWaitCompleted(observed));
        break;
      }
      case "shutdown": {
        const session = this.#sessionOf(request.sessionId);
        this.#sessions.delete(request.sessionId);
        await session.close();
        this.#succeed(id, { type: "session/closed", sessionId: request.sessionId });
        break;
      }
      default:
        assertNever(request);
    }
  }

  #open(request: OpenRequest): void {
    const { id } = request;
    if (this.#sessions.has(id))
      throw new HostError("reused", `code-mode session ID \`${id}\` is already open`);
    this.#sessions.set(id, new HostSession(this.#options.codeMode, request, this.#clientOf(id)));
  }

  #clientOf(sessionId: string): SessionClient {
    return {
      callTool: (call) => this.#delegates.ask(sessionId, toInvocation(call), call.signal),
      notify: async ({ toolCallId, cellId, text, signal }) => {
        const request = { type: "notification/send", callId: toolCallId, cellId, text };
        await this.#delegates.ask(sessionId, request, signal);
      },
      cellClosed: ({ cellId }) =>
        void this.#writer.write({ type: "cell/closed", sessionId, cellId }),
    };
  }

  async #execute(
    id: number,
    { sessionId, request }: ClientRequest & { readonly method: "execute" },
  ): Promise<void> {
    const session = this.#sessionOf(sessionId);
    let isStarted = false;
    try {
      const observed = await this.#observe(this.#executions, id, (signals) =>
        session.execute(request, signals, (cellId) => {
          isStarted = true;
          this.#succeed(id, { type: "execution/started", cellId });
        }),
      );
      this.#initialResponse(id, { status: "ok", value: toRuntimeResponse(observed) });
    } catch (thrown) {
      if (!isStarted) throw thrown;
      this.#initialResponse(id, toFailure(thrown));
    }
  }

  #observe(
    running: RunningObservations<number>,
    id: number,
    observe: (signals: ObservationSignals) => Promise<Observed>,
  ): Promise<Observed> {
    if (this.#executions.has(id) || this.#waits.has(id))
      throw new HostError("reused", `code-mode request ID ${id} is in use`);
    return running.run(id, observe);
  }

  #sessionOf(id: string): HostSession {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new HostError("unknown", `unknown code-mode session ${id}`);
    return session;
  }

  #succeed(id: number, value: object): void {
    this.#respond(id, { status: "ok", value });
  }

  #respond(id: number, result: WireResult): void {
    this.#write("operation/response", "response", id, result);
  }

  #initialResponse(id: number, result: WireResult): void {
    this.#write("execute/initialResponse", "initial response", id, result);
  }

  #write(type: string, what: string, id: number, result: WireResult): void {
    const tooLong = this.#writer.write({ type, id, result });
    if (tooLong === undefined) return;
    const message =
      `code-mode ${what} exceeds the IPC frame limit: code-mode IPC frame length ${tooLong} exceeds ` +
      `${maxMessageBytes} bytes`;
    this.#writer.write({ type, id, result: { status: "error", message } });
  }
}
