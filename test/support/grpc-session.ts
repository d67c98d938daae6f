import { afterEach } from "vitest";
import { GrpcServer } from "../../src/host-server/grpc/grpc-server.js";
import { type CodeMode, createCodeMode } from "../../src/index.js";
import {
  connectGrpc,
  type GrpcClient,
  type GrpcMessage as Message,
  type GrpcStream as Stream,
} from "./grpc-client.js";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface OpenedSession {
  readonly sessionId: string;
  /** What its stream has told so far. */
  readonly events: readonly Message[];
  readonly stream: Stream;
}

/** A host with a client, and an open session. */
export async function openGrpcSession(
  message: Message = {},
  options: { readonly maxBacklogBytes?: number } = {},
): Promise<OpenedSession & { readonly client: GrpcClient; readonly port: number }> {
  const codeMode: CodeMode = createCodeMode();
  const server = new GrpcServer(codeMode, options);
  const port = await server.listen("127.0.0.1", 0);
  closing.push(
    () => codeMode.close(),
    () => server.close(),
  );
  const client = newGrpcClient(port);
  const session = await openSessionOf(client, message);
  return { client, port, ...session };
}

/** A client that is closed after the test. */
export function newGrpcClient(port: number): GrpcClient {
  const client = connectGrpc(port);
  closing.push(() => client.close());
  return client;
}

/** Opens a session, and keeps what its stream tells. */
export async function openSessionOf(client: GrpcClient, message: Message): Promise<OpenedSession> {
  const events: Message[] = [];
  const stream = client["OpenSession"]?.(message) as Stream;
  stream.on("error", () => {});
  const sessionId = await new Promise<string>((resolve, reject) => {
    stream.on("error", reject);
    stream.on("data", (event: Message) => {
      events.push(event);
      const opened = event["opened"] as Message | undefined;
      if (opened !== undefined) resolve(String(opened["sessionId"]));
    });
  });
  return { sessionId, events, stream };
}

/** A tool of the client, for its programs. */
export const echoTool = { name: "echo", toolName: { name: "echo" }, description: "", kind: 1 };

/** Runs a program; resolves with the outcome. */
export function executeGrpc(client: GrpcClient, message: Message): Promise<Message> {
  const stream = client["Execute"]?.({
    yieldTimeMs: 60_000,
    toolCallId: "call",
    tools: [echoTool],
    ...message,
  }) as Stream;
  return new Promise((resolve, reject) => {
    stream.on("error", reject);
    stream.on("data", (event: Message) => {
      if (event["outcome"] !== undefined) resolve(event["outcome"] as Message);
    });
  });
}

/** The texts among an outcome's items. */
export const textsOf = (outcome: Message): readonly unknown[] =>
  ((outcome["items"] ?? []) as readonly Message[]).map((item) => (item["text"] as Message)["text"]);
