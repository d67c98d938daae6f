import { expect, test } from "vitest";
import {
  Backlog,
  BoundedStream,
  type ClientStream,
} from "../../src/host-server/grpc/bounded-stream.js";

/** A client that reads when it is told to. */
class SlowClient implements ClientStream<object> {
  readonly read: (() => void)[] = [];
  isDropped = false;

  write(_message: object, onWritten: () => void): void {
    this.read.push(onWritten);
  }

  end(): void {}
  fail(): void {}

  drop(): void {
    this.isDropped = true;
  }
}

/** Streams of one client, and how often too much has waited in them. */
function begin(maxBytes: number) {
  const overflows: true[] = [];
  const backlog = new Backlog(maxBytes, () => overflows.push(true));
  const open = () => {
    const client = new SlowClient();
    return { client, stream: new BoundedStream<object>(client, backlog) };
  };
  return { overflows, open, backlog };
}

const message = { text: "x".repeat(900) };

test("what waits in several streams counts together, and too much of it is told once", () => {
  const { overflows, open } = begin(2500);
  const [one, two] = [open(), open()];
  one.stream.write(message);
  two.stream.write(message);
  expect(overflows).toHaveLength(0);
  two.stream.write(message);
  one.stream.write(message);
  expect(overflows).toHaveLength(1);
});

test("what is read counts no more", () => {
  const { overflows, open } = begin(2500);
  const { client, stream } = open();
  for (let i = 0; i < 100; i++) {
    stream.write(message);
    client.read[i]?.();
  }
  expect(overflows).toHaveLength(0);
});

test("what a client has left behind counts no more, whether it is told to be written or not", () => {
  const { overflows, open } = begin(2500);
  for (let i = 0; i < 100; i++) {
    const { client, stream } = open();
    stream.write(message);
    stream.left();
    stream.left();
    stream.write(message);
    for (const read of client.read) read();
  }
  const { stream } = open();
  stream.write(message);
  stream.write(message);
  expect(overflows).toHaveLength(0);
  stream.write(message);
  expect(overflows).toHaveLength(1);
});

test("only connections on which something waits are dropped", () => {
  const { open, backlog } = begin(2500);
  const [unread, read, left] = [open(), open(), open()];
  for (const { stream } of [unread, read, left]) stream.write(message);
  unread.stream.write(message);
  unread.client.read[0]?.();
  read.client.read[0]?.();
  left.stream.left();
  backlog.drop();
  expect([unread, read, left].map(({ client }) => client.isDropped)).toEqual([true, false, false]);
});
