import type { CodeMode } from "../../session/code-mode.js";
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
import type { SessionEventMessage } from "./messages.js";
import { Notifications } from "./notifications.js";
import { Observations } from "./observations.js";
import { ToolSubscriptions } from "./tool-subscriptions.js";

/** The stream of an OpenSession. */
export interface EventStream {
  write(event: SessionEventMessage): unknown;
  end(): unknown;
}

/** A session whose client speaks gRPC. It lives as long as the stream of its events. */
export class GrpcSession implements SessionClient {
  readonly id: string;
  readonly subscriptions: ToolSubscriptions;
  readonly notifications: Notifications;
  readonly executions: Observations = new Observations("execution");
  readonly waits: Observations = new Observations("wait");
  readonly #session: HostSession;
  readonly #events: EventStream;

  constructor(codeMode: CodeMode, request: OpenRequest, events: EventStream) {
    this.id = request.id;
    this.#events = events;
    const send = (event: SessionEventMessage): void => void events.write(event);
    this.subscriptions = new ToolSubscriptions(request.id, (invocationId) =>
      send({ toolCallCancelled: { invocationId } }),
    );
    this.notifications = new Notifications(send);
    this.#session = new HostSession(codeMode, request, this);
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

  /** Ends the cells, then the streams. */
  async close(): Promise<void> {
    await this.#session.close();
    this.subscriptions.close();
    this.#events.end();
  }

  callTool(call: ToolInvocation): Promise<unknown> {
    return this.subscriptions.call(call);
  }

  async notify(notification: CellNotification): Promise<void> {
    this.notifications.give(notification);
  }

  cellClosed({ executionId, cellId, toolCalls }: ClosedCell): void {
    this.#events.write({
      cellClosed: {
        executionId,
        cellId,
        ...(toolCalls > 0 && { finalToolCallSequence: toolCalls }),
      },
    });
  }
}
