import type { CodeMode } from "../../session/code-mode.js";
import { HostError } from "../host-error.js";
import { HostSession } from "../host-session.js";
import type {
  CellNotification,
  ClosedCell,
  ExecuteRequest,
  Observed,
  OpenRequest,
  SessionClient,
  ToolInvocation,
  WaitRequest,
} from "../wire.js";
import { Backlog, BoundedStream, type ClientStream } from "./bounded-stream.js";
import type { SessionEventMessage, SubscribeMessage, ToolCallMessage } from "./messages.js";
import { Notifications } from "./notifications.js";
import { Observations } from "./observations.js";
import { ToolSubscriptions } from "./tool-subscriptions.js";

export interface GrpcSessionOptions {
  /** That may wait for the client to read them: in each stream of the session, and in all its answers together. */
  readonly maxBacklogBytes: number;
  /** More wait: the session is to be closed. */
  readonly onOverflow: (session: GrpcSession, reason: HostError) => void;
}

/** Milliseconds that a client has to read why it lost its session, and the rest, before it loses its connection. */
const readMs = 1000;

/** A session whose client speaks gRPC. It lives as long as the stream of its events. */
export class GrpcSession implements SessionClient {
  readonly id: string;
  readonly subscriptions: ToolSubscriptions;
  readonly notifications: Notifications;
  readonly executions: Observations = new Observations("execution");
  readonly waits: Observations = new Observations("wait");
  readonly #session: HostSession;
  readonly #events: BoundedStream<SessionEventMessage>;
  readonly #options: GrpcSessionOptions;
  /** Of all its streams. */
  readonly #backlogs: Backlog[] = [];
  /** What waits of answers to requests. */
  readonly #answers: Backlog;

  /** @param events - The stream of its OpenSession. */
  constructor(
    codeMode: CodeMode,
    request: OpenRequest,
    events: ClientStream<SessionEventMessage>,
    options: GrpcSessionOptions,
  ) {
    this.id = request.id;
    this.#options = options;
    this.#answers = this.#newBacklog();
    this.#events = new BoundedStream(events, this.#newBacklog());
    this.subscriptions = new ToolSubscriptions(request.id, (invocationId) =>
      this.send({ toolCallCancelled: { invocationId } }),
    );
    this.notifications = new Notifications((event) => this.send(event));
    this.#session = new HostSession(codeMode, request, this);
  }

  /** Tells the client of something that happens in the session. */
  send(event: SessionEventMessage): void {
    this.#events.write(event);
  }

  /** @returns A function that ends the subscription. */
  subscribe(message: SubscribeMessage, calls: ClientStream<ToolCallMessage>): () => void {
    return this.subscriptions.add(message, new BoundedStream(calls, this.#newBacklog()));
  }

  /** The answer to a request of this client. */
  answer<Message extends object>(stream: ClientStream<Message>): BoundedStream<Message> {
    return new BoundedStream(stream, this.#answers);
  }

  /** @throws {HostError} */
  execute(request: ExecuteRequest, onStarted: (cellId: string) => void): Promise<Observed> {
    return this.executions.run(request.executionId, (signals) =>
      this.#session.execute(request, signals, onStarted),
    );
  }

  /** @throws {HostError} */
  wait(waitId: string, request: WaitRequest): Promise<Observed> {
    return this.waits.run(waitId, (signals) => this.#session.wait(request, signals));
  }

  /** @throws {HostError} */
  terminate(cellId: string, maxOutputTokens?: number): Promise<Observed> {
    return this.#session.terminate(cellId, maxOutputTokens);
  }

  /**
   * Ends the cells, then the streams.
   *
   * @param reason - What the client is told of it, where it does not read. If it goes on like that it loses its
   *   connections, with what waits there: else the host keeps that for as long as the client likes.
   */
  async close(reason?: HostError): Promise<void> {
    await this.#session.close();
    this.subscriptions.close();
    if (reason === undefined) {
      this.#events.end();
      return;
    }
    this.#events.fail(reason);
    setTimeout(() => {
      for (const backlog of this.#backlogs) backlog.drop();
    }, readMs).unref();
  }

  callTool(call: ToolInvocation): Promise<unknown> {
    return this.subscriptions.call(call);
  }

  async notify(notification: CellNotification): Promise<void> {
    this.notifications.give(notification);
  }

  cellClosed({ executionId, cellId, toolCalls }: ClosedCell): void {
    this.send({
      cellClosed: {
        executionId,
        cellId,
        ...(toolCalls > 0 && { finalToolCallSequence: toolCalls }),
      },
    });
  }

  #newBacklog(): Backlog {
    const { maxBacklogBytes, onOverflow } = this.#options;
    const backlog = new Backlog(maxBacklogBytes, () =>
      onOverflow(this, new HostError("exhausted", "the client does not read what it is sent")),
    );
    this.#backlogs.push(backlog);
    return backlog;
  }
}
