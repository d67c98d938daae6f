import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:http2";
import path from "node:path";
import { Duplex, PassThrough, type Readable, type Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { packageRoot } from "../../src/base/package-root.js";
import { GrpcServer } from "../../src/host-server/grpc/grpc-server.js";
import { createCodeMode } from "../../src/index.js";
import { connectGrpc, requestFirst, requestUnread } from "../support/grpc-client.js";

/** A client that reads none of its answers, with a session, over streams that have no address. */
async function connectUnread(streams: {
  readonly readable: Readable;
  readonly writable: Writable;
}) {
  const connection = connect("http://host", { createConnection: () => Duplex.from(streams) });
  connection.on("error", () => {});
  // For the messages alone: it connects to nobody.
  const client = connectGrpc(1);
  onTestFinished(() => client.close());
  const { first } = await requestFirst(connection, client, "OpenSession", {});
  const { sessionId } = first["opened"] as { readonly sessionId: string };
  const exec = (executionId: string, source: string) =>
    requestUnread(connection, client, "Execute", { sessionId, executionId, source });
  return { connection, exec };
}

test("a client over standard streams that reads no answers loses its connection", async () => {
  await using codeMode = createCodeMode();
  const problems: string[] = [];
  const server = new GrpcServer(codeMode, {
    maxBacklogBytes: 4 * 2 ** 20,
    onProblem: (message) => problems.push(message),
  });
  const [toHost, toClient] = [new PassThrough(), new PassThrough()];
  server.serve(Duplex.from({ readable: toHost, writable: toClient }));
  const { connection, exec } = await connectUnread({ readable: toClient, writable: toHost });
  for (let i = 0; i < 12; i++) exec(`e${i}`, 'text("x".repeat(2 ** 20))');
  await new Promise((resolve) => connection.once("close", resolve));
  // Once, however many answers wait.
  expect(problems).toEqual(["a client does not read what it is sent; its connection is ended"]);
  await server.close();
});

test("a host whose client reads no answers says so once, and ends", async () => {
  const main = path.join(packageRoot, "dist/cli/main.js");
  const host = spawn(process.execPath, [main, "host", "--listen", "grpc+stdio://"]);
  onTestFinished(() => void host.kill("SIGKILL"));
  const notes = text(host.stderr);
  const { exec } = await connectUnread({ readable: host.stdout, writable: host.stdin });
  const source = 'for (let i = 0; i < 30; i++) text("x".repeat(2 ** 20))';
  for (let i = 0; i < 10; i++) exec(`e${i}`, source);
  expect(await once(host, "exit")).toEqual([0, null]);
  expect(await notes).toBe(
    "codecell host: a client does not read what it is sent; its connection is ended\n",
  );
});
