import { once } from "node:events";
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import type { Client, ClientReadableStream, ServiceError } from "@grpc/grpc-js";
import { packageRoot } from "../../src/base/package-root.js";
import { vendored } from "../../src/base/vendored.js";

/** A message of the wire, without the fields that have their default. */
export type GrpcMessage = Readonly<Record<string, unknown>>;
export type GrpcStream = ClientReadableStream<GrpcMessage>;
/** A client, with a function for each method of the service. */
export type GrpcClient = Client & Readonly<Record<string, (...args: unknown[]) => GrpcStream>>;

/** A client of a host on this machine; it is the caller's to close. */
export function connectGrpc(port: number): GrpcClient {
  const { grpc, protoLoader } = vendored("grpc");
  const definition = protoLoader.loadSync(`${packageRoot}/proto/code_mode_host.proto`, {
    longs: Number,
    enums: Number,
  });
  const loaded = grpc.loadPackageDefinition(definition) as unknown as {
    readonly codex: {
      readonly code_mode: {
        readonly v1: { readonly CodeModeHost: new (...args: unknown[]) => GrpcClient };
      };
    };
  };
  const { CodeModeHost } = loaded.codex.code_mode.v1;
  return new CodeModeHost(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
}

/** Calls a method with one answer. */
export function callGrpc(
  client: GrpcClient,
  method: string,
  message: GrpcMessage,
): Promise<GrpcMessage> {
  return new Promise((resolve, reject) => {
    client[method]?.(message, (error: ServiceError | null, answer: GrpcMessage) =>
      error === null ? resolve(answer) : reject(error),
    );
  });
}

/** Calls a method with a stream of answers. */
export function streamGrpc(client: GrpcClient, method: string, message: GrpcMessage): GrpcStream {
  return client[method]?.(message) as GrpcStream;
}

/** Calls a method on a connection of its own, and never reads the answer, of which grpc-js always reads some. */
export function requestUnread(
  connection: ClientHttp2Session,
  client: GrpcClient,
  method: string,
  message: GrpcMessage,
): ClientHttp2Stream {
  const { path, requestSerialize } = methodOf(client, method);
  const body = requestSerialize(message);
  const head = Buffer.alloc(frameHeadBytes);
  head.writeUInt32BE(body.length, 1);
  const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc" };
  const stream = connection.request({ ...headers, te: "trailers" });
  stream.on("error", () => {});
  stream.end(Buffer.concat([head, body]));
  return stream;
}

/** The same; reads the first message, which must be a short one, and goes on reading. */
export async function requestFirst(
  connection: ClientHttp2Session,
  client: GrpcClient,
  method: string,
  message: GrpcMessage,
): Promise<{ readonly stream: ClientHttp2Stream; readonly first: GrpcMessage }> {
  const stream = requestUnread(connection, client, method, message);
  const [frame] = (await once(stream, "data")) as [Buffer];
  const first = methodOf(client, method).responseDeserialize(frame.subarray(frameHeadBytes));
  return { stream, first };
}

/** Whether it is compressed, and the length. */
const frameHeadBytes = 5;

interface Method {
  readonly path: string;
  readonly requestSerialize: (message: GrpcMessage) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => GrpcMessage;
}

function methodOf(client: GrpcClient, method: string): Method {
  return client[method] as unknown as Method;
}
