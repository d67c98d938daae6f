import { describe, expect, test } from "vitest";
import { readBody } from "../../src/mcp/gateway/request-body.js";

const MiB = 1024 * 1024;
const post = new Request("http://127.0.0.1/mcp", { method: "POST" });
const filling = Buffer.alloc(MiB, "x");

/** A text, and so many bytes more in parts of up to a MiB, which are counted when they are read. */
function parts(first: string, more = 0): AsyncIterable<Uint8Array> & { read: number } {
  return {
    read: 0,
    async *[Symbol.asyncIterator]() {
      yield Buffer.from(first);
      for (let left = more; left > 0; left -= MiB) {
        this.read += 1;
        yield filling.subarray(0, Math.min(left, MiB));
      }
    },
  };
}

/** A text in a list, of so many bytes. It is quick to scan where it stands deep. */
async function* quoted(bytes: number): AsyncIterable<Uint8Array> {
  const [before, after] = ['[[["', '"]]]'];
  yield* parts(before, bytes - before.length - after.length);
  yield Buffer.from(after);
}

async function refusalOf(body: AsyncIterable<Uint8Array>): Promise<object> {
  const response = await readBody(post, body);
  if (!(response instanceof Response)) throw new Error("it was read");
  const { error } = (await response.json()) as { error: { message: string } };
  const connection = response.headers.get("connection");
  return { status: response.status, message: error.message, connection };
}

const tooLong = {
  status: 413,
  message: "The body is longer than 16777216 bytes.",
  connection: null,
};
const values = (count: number): string => `[${"1,".repeat(count - 1)}1]`;

describe("the body of a request", () => {
  test("is put together of its parts, after those who wait have had a turn", async () => {
    let hadTurn = false;
    setImmediate(() => {
      hadTurn = true;
    });
    async function* twoParts(): AsyncIterable<Uint8Array> {
      yield Buffer.from('{"a":');
      yield Buffer.from('"ü"}').subarray(0, 2);
      yield Buffer.from('"ü"}').subarray(2);
    }
    expect(await readBody(post, twoParts())).toEqual({ parsedBody: { a: "ü" } });
    expect(hadTurn).toBe(true);
  });

  test.each(["GET", "DELETE", "PUT"])("is not read of a %s", async (method) => {
    const body = parts("{}");
    const request = new Request(post.url, { method });
    expect(await readBody(request, body)).toEqual({});
  });

  test.each(["", "{", "nonsense"])("is refused if it is %j", async (text) => {
    expect(await refusalOf(parts(text))).toMatchObject({
      status: 400,
      message: "The body is not valid JSON.",
    });
  });

  test("has up to 16 MiB", async () => {
    expect(await readBody(post, quoted(16 * MiB))).not.toBeInstanceOf(Response);
    expect(await refusalOf(quoted(16 * MiB + 1))).toEqual(tooLong);
  });

  test("has up to 20 000 values", async () => {
    const most = values(20_000);
    expect(await readBody(post, parts(most))).not.toBeInstanceOf(Response);
    const text = values(20_001);
    expect(await refusalOf(parts(text))).toEqual({
      status: 413,
      message: "The body is made of more than 20000 values, keys included.",
      connection: null,
    });
  });

  test("is read on for 16 MiB after it was refused, so that the client reads why; then it is cut", async () => {
    const first = values(20_001);
    const whole = parts(first, 16 * MiB);
    expect(await refusalOf(whole)).toMatchObject({ status: 413, connection: null });
    expect(whole.read).toBe(16);
    const endless = parts(first, 100 * MiB);
    expect(await refusalOf(endless)).toMatchObject({ status: 413, connection: "close" });
    expect(endless.read).toBe(17);
  });
});
