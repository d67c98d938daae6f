import { once } from "node:events";
import { type AddressInfo, createServer, type Socket, type Server as SocketServer } from "node:net";
import type { Duplex } from "node:stream";
import type {
  ConnectionInjector,
  handleServerStreamingCall,
  handleUnaryCall,
  Server,
  ServerWritableStream,
  ServiceDefinition,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { partFile } from "../../base/part-file.js";
import { vendored } from "../../base/vendored.js";
import type { CodeMode } from "../../session/code-mode.js";
import { defaultBacklogBytes, maxMessageBytes } from "../frame-limit.js";
import { HostError, type HostErrorCode } from "../host-error.js";
import type { BoundedStream, ClientStream } from "./bounded-stream.js";
import { CodeModeHostService } from "./code-mode-host-service.js";
import type {
  AcknowledgeMessage,
  CancelWaitMessage,
  CompleteToolCallMessage,
  ExecuteEventMessage,
  ExecuteMessage,
  OpenSessionMessage,
  SessionEventMessage,
  SessionMessage,
  SubscribeMessage,
  TerminateMessage,
  ToolCallMessage,
  WaitMessage,
  WaitResponseMessage,
  YieldObservationMessage,
} from "./messages.js";

/** The header of a Wait's answer. */
const bufferedHeader = "codex-code-mode-result-buffered-for-ns";

/** The codes of gRPC. */
const statuses: { readonly [Code in HostErrorCode]: number } = {
  cancelled: 1,
  invalid: 3,
  unknown: 5,
  reused: 6,
  exhausted: 8,
  refused: 9,
  unsupported: 12,
  internal: 13,
};

export interface GrpcServerOptions {
  /**
   * That may wait in each stream of a session, and in all its answers together, for a client which does not read; with
   * more the session ends, and then its connections. Default: 256 MiB.
   */
  readonly maxBacklogBytes?: number | undefined;
  /** Told of clients that have lost their connection. */
  readonly onProblem?: ((message: string) => void) | undefined;
}

/** Serves clients that speak gRPC, over connections of any kind. */
export class GrpcServer {
  readonly #service: CodeModeHostService;
  readonly #server: Server;
  readonly #onProblem: GrpcServerOptions["onProblem"];
  readonly #connections = new Set<Duplex>();
  readonly #injector: ConnectionInjector;
  #listener: SocketServer | undefined;

  constructor(codeMode: CodeMode, options: GrpcServerOptions = {}) {
    const { maxBacklogBytes = defaultBacklogBytes, onProblem } = options;
    this.#onProblem = onProblem;
    const { grpc } = vendored("grpc");
    this.#service = new CodeModeHostService(codeMode, { maxBacklogBytes });
    this.#server = new grpc.Server({
      "grpc.max_receive_message_length": maxMessageBytes,
      "grpc.max_send_message_length": maxMessageBytes,
    });
    const drop = (peer: string): void => this.#drop(peer);
    this.#server.addService(loadService(), implement(this.#service, drop));
    this.#injector = this.#server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  }

  /**
   * Listens for connections.
   *
   * @param port - 0 takes a free one.
   * @returns The port.
   */
  async listen(host: string, port: number): Promise<number> {
    const listener = createServer((connection) => this.serve(connection));
    listener.listen({ host, port });
    await once(listener, "listening");
    // Of one connection that could not be accepted, as where descriptors are short. The others go on.
    listener.on("error", (error) => this.#onProblem?.(`a connection failed: ${error.message}`));
    this.#listener = listener;
    return (listener.address() as AddressInfo).port;
  }

  /** Serves one connection that is there already. */
  serve(connection: Duplex): void {
    this.#connections.add(connection);
    connection.once("close", () => this.#connections.delete(connection));
    this.#injector.injectConnection(connection);
  }

  /** Ends every session, then every connection. */
  async close(): Promise<void> {
    this.#listener?.close();
    await this.#service.close();
    if (this.#listener !== undefined) {
      this.#server.forceShutdown();
      return;
    }
    // Such a connection ends its HTTP/2 session itself. Node fails an assertion if an HTTP/2 session that still
    // writes is destroyed.
    await Promise.all(Array.from(this.#connections, closeConnection));
  }

  #drop(peer: string): void {
    for (const connection of this.#connections) {
      // It is asked for once for each stream.
      if (connection.destroyed || peerOf(connection) !== peer) continue;
      this.#onProblem?.("a client does not read what it is sent; its connection is ended");
      void closeConnection(connection);
    }
  }
}

/** As gRPC calls it. */
function peerOf(connection: Duplex): string {
  const { remoteAddress, remotePort } = connection as Partial<Socket>;
  return remoteAddress === undefined ? "unknown" : `${remoteAddress}:${remotePort}`;
}

function closeConnection(connection: Duplex): Promise<void> {
  return new Promise((resolve) => {
    connection.once("close", () => resolve());
    connection.destroy();
    if (connection.closed) resolve();
  });
}

function loadService(): ServiceDefinition {
  const { protoLoader } = vendored("grpc");
  const definition = protoLoader.loadSync(partFile("proto/code_mode_host.proto"), {
    longs: Number,
    enums: Number,
    defaults: true,
  });
  const service = definition["codex.code_mode.v1.CodeModeHost"];
  if (service === undefined || "format" in service) throw new Error("The service is missing.");
  const { Wait: wait, Terminate: terminate, ...others } = service as ServiceDefinition;
  return { ...others, Wait: asStream(wait), Terminate: asStream(terminate) };
}

/**
 * An answer as a stream of one message, which is the same to a client: gRPC says of messages of streams alone when they
 * are on their way.
 */
function asStream(method: Method | undefined): Method {
  if (method === undefined) throw new Error("A method is missing.");
  return { ...method, responseStream: true };
}

type Method = ServiceDefinition[string];

/** @param drop - Ends the connection with this peer. */
function implement(
  service: CodeModeHostService,
  drop: (peer: string) => void,
): UntypedServiceImplementation {
  return {
    OpenSession: streaming<OpenSessionMessage, SessionEventMessage>((call) => {
      const leave = service.openSession(call.request, toClientStream(call, drop));
      call.on("cancelled", leave);
      call.on("error", leave);
    }),
    SubscribeToToolCalls: streaming<SubscribeMessage, ToolCallMessage>((call) => {
      const leave = service.subscribe(call.request, toClientStream(call, drop));
      call.sendMetadata(newMetadata());
      call.on("cancelled", leave);
      call.on("error", leave);
    }),
    Execute: answering<ExecuteMessage, ExecuteEventMessage>(service, drop, async (call, answer) => {
      const [traceparent] = call.metadata.get("traceparent");
      const execution = service.execute(
        call.request,
        traceparent === undefined ? undefined : String(traceparent),
        (event) => answer.write(event),
      );
      call.on("cancelled", execution.cancel);
      await execution.ended;
    }),
    CompleteToolCall: unary<CompleteToolCallMessage>((message) =>
      service.completeToolCall(message),
    ),
    YieldObservation: unary<YieldObservationMessage>((message) =>
      service.yieldObservation(message),
    ),
    CancelWait: unary<CancelWaitMessage>((message) => service.cancelWait(message)),
    CloseSession: unary<SessionMessage>((message) => service.closeSession(message)),
    AcknowledgeNotification: unary<AcknowledgeMessage>((message) =>
      service.acknowledgeNotification(message),
    ),
    Wait: answering<WaitMessage, WaitResponseMessage>(service, drop, async (call, answer) => {
      const observed = service.wait(call.request);
      // A client that no longer wants the answer leaves the cell as it is.
      call.on("cancelled", observed.cancel);
      const { response, bufferedForNs } = await observed.answer;
      if (bufferedForNs > 0) {
        const metadata = newMetadata();
        metadata.set(bufferedHeader, String(bufferedForNs));
        call.sendMetadata(metadata);
      }
      answer.write(response);
    }),
    Terminate: answering<TerminateMessage, WaitResponseMessage>(
      service,
      drop,
      async (call, answer) => {
        answer.write(await service.terminate(call.request));
      },
    ),
    GetProcessMetrics: unary<object>(() => {
      throw new HostError("unsupported", "process metrics are unsupported");
    }),
  };
}

function unary<Message>(answer: (message: Message) => unknown): handleUnaryCall<Message, object> {
  return async (call, callback) => {
    try {
      const response = await answer(call.request);
      callback(null, (response ?? {}) as object);
    } catch (thrown) {
      callback(toStatus(thrown));
    }
  };
}

function streaming<Message, Event>(
  answer: (call: ServerWritableStream<Message, Event>) => void | Promise<void>,
): handleServerStreamingCall<Message, Event> {
  return async (call) => {
    try {
      await answer(call);
    } catch (thrown) {
      call.emit("error", toStatus(thrown));
    }
  };
}

/** Answers of a session, of which no more may wait than its client reads. */
function answering<Message extends SessionMessage, Event extends object>(
  service: CodeModeHostService,
  drop: (peer: string) => void,
  run: (call: ServerWritableStream<Message, Event>, answer: BoundedStream<Event>) => Promise<void>,
): handleServerStreamingCall<Message, Event> {
  return streaming<Message, Event>(async (call) => {
    const answer = service.answer(call.request, toClientStream(call, drop));
    call.on("cancelled", () => answer.left());
    await run(call, answer);
    answer.end();
  });
}

function toClientStream<Message>(
  call: ServerWritableStream<unknown, Message>,
  drop: (peer: string) => void,
): ClientStream<Message> {
  const peer = call.getPeer();
  return {
    write: (message, onWritten) => call.write(message, onWritten),
    end: () => call.end(),
    fail: (error) => call.emit("error", toStatus(error)),
    drop: () => drop(peer),
  };
}

function toStatus(thrown: unknown): { readonly code: number; readonly details: string } {
  const error =
    thrown instanceof HostError
      ? thrown
      : new HostError("internal", String(thrown), { cause: thrown });
  return { code: statuses[error.code], details: error.message };
}

function newMetadata(): InstanceType<typeof import("@grpc/grpc-js").Metadata> {
  return new (vendored("grpc").grpc.Metadata)();
}
