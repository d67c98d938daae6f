import { dynamicTool, tool } from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { aiToolSource } from "../../src/ai.js";
import { openSession, runToTexts } from "../support/cells.js";
import { pixel } from "../support/scripted-server.js";

const image = { type: "image", data: pixel, mimeType: "image/png" };
const shown = {
  type: "content",
  value: [{ type: "image-data", data: pixel, mediaType: "image/png" }],
} as const;

/** A tool that gives this, of which a model is shown something else. */
function photo(result: unknown, toModelOutput: (given: object) => unknown = () => shown) {
  return aiToolSource({
    photo: dynamicTool({
      inputSchema: z.object({}),
      execute: () => result,
      toModelOutput: toModelOutput as never,
    } as never),
  });
}

const program = "text(await tools.photo({}));";

async function* stream(...results: unknown[]): AsyncGenerator<unknown> {
  yield* results;
}

describe("what a model would be shown of a tool's result", () => {
  test.each<readonly [string, unknown, object]>([
    ["an object gets as its content", { city: "Oslo" }, { city: "Oslo", content: [image] }],
    ["an object gets instead of its content", { content: 5 }, { content: [image] }],
    ["a text stands beside", "Oslo", { result: "Oslo", content: [image] }],
    ["a list stands beside", ["Oslo"], { result: ["Oslo"], content: [image] }],
    ["null stands beside", null, { result: null, content: [image] }],
    ["a promise gets", Promise.resolve({ n: 1 }), { n: 1, content: [image] }],
    ["the last of a stream gets", stream("loading", { n: 1 }), { n: 1, content: [image] }],
  ])("%s, if it has images", async (_what, result, expected) => {
    const [text] = await runToTexts(program, { tools: photo(result) });
    expect(JSON.parse(text ?? "")).toEqual(expected);
  });

  test.each<readonly [string, unknown]>([
    ["text", { type: "text", value: "a photo" }],
    ["text in blocks", { type: "content", value: [{ type: "text", text: "a photo" }] }],
    ["JSON", { type: "json", value: { a: 1 } }],
    ["blocks of which one is none", { type: "content", value: [...shown.value, { type: "new" }] }],
    ["nothing", undefined],
  ])("does not matter if it is %s", async (_what, output) => {
    const results = [{ n: 1 }, stream("loading", { n: 1 })];
    for (const result of results) {
      expect(await runToTexts(program, { tools: photo(result, () => output) })).toEqual([
        '{"n":1}',
      ]);
    }
  });

  test("is what the tool makes of the call, its input and its result, and may be promised", async () => {
    const given: unknown[] = [];
    const seen = tool({
      inputSchema: z.object({ of: z.string() }),
      execute: ({ of }) => ({ of }),
      async toModelOutput(this: unknown, told) {
        given.push(this === seen, told);
        return shown as never;
      },
    });
    const source = 'content((await tools.seen({ of: "Oslo" })).content);';
    const tools = aiToolSource({ seen } as never);
    expect(await runToTexts(source, { tools })).toEqual(["image"]);
    expect(given).toEqual([
      true,
      { toolCallId: "1-1", input: { of: "Oslo" }, output: { of: "Oslo" } },
    ]);
  });

  test("rejects the call if it cannot be made", async () => {
    const fail = (): never => {
      throw new Error("no camera");
    };
    const source = "await tools.photo({}).catch((error) => text(error.message));";
    for (const result of ["a", stream("a")]) {
      expect(await runToTexts(source, { tools: photo(result, fail) })).toEqual(["no camera"]);
    }
  });

  test("is made of the last result of a stream alone, and of none where there is none", async () => {
    const made: unknown[] = [];
    const note = ({ output }: { readonly output?: unknown }): unknown => made.push(output);
    await runToTexts(program, { tools: photo(stream("a", "b", "c"), note) });
    await runToTexts(program, { tools: photo(stream(), note) });
    expect(made).toEqual(["c", undefined]);
  });
});

describe("a stream of results with media", () => {
  async function iterator(results: AsyncIterable<unknown>) {
    const { execute } = photo(results)["photo"] ?? {};
    await using session = openSession();
    const call = { sessionId: session.id, cellId: "1", callId: "1-1" };
    const context = { ...call, signal: new AbortController().signal };
    const given = execute?.({}, context) as AsyncIterable<unknown>;
    return given[Symbol.asyncIterator]();
  }

  test("gives each result as it comes, and the last once more", async () => {
    const results = await iterator(stream({ n: 1 }, { n: 2 }));
    const read = [];
    for (let i = 0; i < 5; i += 1) read.push(await results.next());
    const over = { done: true, value: undefined };
    expect(read).toEqual([
      { done: false, value: { n: 1 } },
      { done: false, value: { n: 2 } },
      { done: false, value: { n: 2, content: [image] } },
      over,
      over,
    ]);
  });

  test("is over when it is told to return, and so is the tool's", async () => {
    let isLeft = false;
    const results = await iterator(
      (async function* endless() {
        try {
          for (;;) yield 1;
        } finally {
          isLeft = true;
        }
      })(),
    );
    expect(await results.next()).toEqual({ done: false, value: 1 });
    expect(await results.return?.()).toEqual({ done: true, value: undefined });
    expect(isLeft).toBe(true);
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  test("can be told to return where the tool's cannot", async () => {
    const results = await iterator({
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }) }),
    });
    expect(await results.return?.()).toEqual({ done: true, value: undefined });
  });
});
