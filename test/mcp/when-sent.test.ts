import type { UnderlyingSource } from "node:stream/web";
import { describe, expect, test } from "vitest";
import { whenSent } from "../../src/mcp/gateway/when-sent.js";

const never = new AbortController().signal;
const part = new TextEncoder().encode("part");

interface Watched {
  readonly response: Response;
  /** What has happened: `sent`, or why the source was cancelled. */
  readonly happened: unknown[];
}

function watched(source: UnderlyingSource<Uint8Array>, signal: AbortSignal = never): Watched {
  const happened: unknown[] = [];
  const body = new ReadableStream<Uint8Array>({
    ...source,
    cancel: (reason) => void happened.push(["cancelled", reason]),
  });
  const original = new Response(body, { status: 201, headers: { "x-mark": "kept" } });
  return { response: whenSent(original, signal, () => happened.push("sent")), happened };
}

const endless: UnderlyingSource<Uint8Array> = { start: (stream) => stream.enqueue(part) };

describe("a response has been sent", () => {
  test("at once if it has no body", () => {
    const happened: string[] = [];
    const original = new Response(null, { status: 202 });
    expect(whenSent(original, never, () => happened.push("sent"))).toBe(original);
    expect(happened).toEqual(["sent"]);
  });

  test("when its body has been read to the end, and is the same response", async () => {
    const { response, happened } = watched({
      start(stream) {
        stream.enqueue(part);
        stream.enqueue(part);
        stream.close();
      },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("x-mark")).toBe("kept");
    expect(happened).toEqual([]);
    expect(await response.text()).toBe("partpart");
    expect(happened).toEqual(["sent"]);
  });

  test("when its body fails, which its reader is told", async () => {
    const { response, happened } = watched({
      start: (stream) => stream.error(new Error("broken off")),
    });
    await expect(response.text()).rejects.toThrow("broken off");
    expect(happened).toEqual(["sent"]);
  });

  test("when its reader wants no more, which its source is told", async () => {
    const { response, happened } = watched(endless);
    await response.body?.cancel("enough");
    expect(happened).toEqual(["sent", ["cancelled", "enough"]]);
  });

  test("when its client has gone, once, and its source is told", async () => {
    const gone = new AbortController();
    const { response, happened } = watched(endless, gone.signal);
    expect(happened).toEqual([]);
    gone.abort();
    expect(happened).toEqual(["sent", ["cancelled", undefined]]);
    expect(await response.text()).not.toContain("partpart");
    await response.body?.cancel().catch(() => undefined);
    expect(happened).toHaveLength(2);
  });

  test("when its client had gone before", () => {
    expect(watched(endless, AbortSignal.abort()).happened).toEqual([
      "sent",
      ["cancelled", undefined],
    ]);
  });
});
