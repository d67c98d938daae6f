import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EventStream } from "../../../src/server/http/event-stream.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

/** A reader that takes what is sent while it reads. */
class Reader extends Duplex {
  text = "";
  isReading = true;
  #waiting: (() => void)[] = [];

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    if (this.isReading) done();
    else this.#waiting.push(done);
  }

  goOn(): void {
    this.isReading = true;
    for (const done of this.#waiting.splice(0)) done();
  }
}

async function openStream(pingMs?: number) {
  const reader = new Reader();
  const server = createServer();
  const asked = once(server, "request");
  server.emit("connection", reader);
  // A client of the first version gets the body as it is.
  reader.push("GET / HTTP/1.0\r\n\r\n");
  const [, response] = (await asked) as [unknown, ServerResponse];
  const stream = new EventStream(response, pingMs);
  const body = (): string => reader.text.slice(reader.text.indexOf("\r\n\r\n") + 4);
  return { reader, response, stream, body };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("events to one reader", () => {
  test("begin with a head that says what they are, before there is one", async () => {
    const { reader, stream } = await openStream();
    await turn();
    expect(reader.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(reader.text).toMatch(/\r\ncontent-type: text\/event-stream\r\n/i);
    expect(reader.text).toMatch(/\r\ncache-control: no-store\r\n/i);
    expect(reader.text).toMatch(/\r\nx-accel-buffering: no\r\n/i);
    stream[Symbol.dispose]();
  });

  test("are told in order, and nothing comes after the last", async () => {
    const { body, response, stream } = await openStream();
    stream.send("cell", { text: "a\nb" });
    stream.end("outcome", 1);
    stream.send("cell", 2);
    await turn();
    expect(body()).toBe('event: cell\ndata: {"text":"a\\nb"}\n\nevent: outcome\ndata: 1\n\n');
    expect(response.writableEnded).toBe(true);
    stream[Symbol.dispose]();
  });

  test("have a sign of life every fifteen seconds, or as often as is said, until they are over", async () => {
    for (const [pingMs, after] of [
      [undefined, 15_000],
      [100, 100],
    ] as const) {
      const { body, stream } = await openStream(pingMs);
      vi.advanceTimersByTime(after - 1);
      await turn();
      expect(body()).toBe("");
      vi.advanceTimersByTime(1 + after);
      await turn();
      expect(body()).toBe(": ping\n\n".repeat(2));
      stream[Symbol.dispose]();
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  test("are cut off for a reader that reads nothing from one sign of life to the next", async () => {
    const { reader, response, stream } = await openStream(100);
    await turn();
    reader.isReading = false;
    stream.send("cell", "x".repeat(1_000_000));
    await turn();
    vi.advanceTimersByTime(100);
    expect(response.destroyed).toBe(false);
    vi.advanceTimersByTime(100);
    expect(response.destroyed).toBe(true);
    // Nobody hears them any more.
    stream.send("cell", 1);
    stream.end("outcome", 1);
    stream[Symbol.dispose]();
  });

  test("go on for a reader that is slow and reads in between", async () => {
    const { reader, response, stream } = await openStream(100);
    for (let rounds = 0; rounds < 3; rounds += 1) {
      await turn();
      reader.isReading = false;
      stream.send("cell", "x".repeat(1_000_000));
      await turn();
      vi.advanceTimersByTime(100);
      reader.goOn();
      await turn();
      vi.advanceTimersByTime(100);
    }
    expect(response.destroyed).toBe(false);
    stream[Symbol.dispose]();
  });

  test("are cut off where eight megabytes wait for a reader", async () => {
    const { reader, response, stream } = await openStream();
    await turn();
    reader.isReading = false;
    // With the words around it just as much as may wait.
    const around = 'event: cell\ndata: ""\n\n'.length;
    stream.send("cell", "x".repeat(4 * 1024 * 1024 - around));
    stream.send("cell", "x".repeat(4 * 1024 * 1024 - around));
    expect(response.destroyed).toBe(false);
    stream.send("cell", "");
    expect(response.destroyed).toBe(true);
    stream[Symbol.dispose]();
  });
});
