import { describe, expect, test } from "vitest";
import { z } from "zod";
import { declareTools } from "../../src/index.js";
import {
  langchainToolSource,
  langchainTools,
  type RunnableLangChainTool,
} from "../../src/langchain.js";
import { EventLog, Held, openSession, runToTexts } from "../support/cells.js";
import { langchainCore } from "../support/langchain-core.js";
import { pixel } from "../support/scripted-server.js";

/** A tool that notes what it is run with, and answers so. */
function echo(answer: (input: unknown) => unknown, more: Partial<RunnableLangChainTool> = {}) {
  const calls: { readonly input: unknown; readonly config: Readonly<Record<string, unknown>> }[] =
    [];
  const tool: RunnableLangChainTool = {
    name: "echo",
    ...more,
    invoke: async (input: unknown, config: Readonly<Record<string, unknown>>) => {
      calls.push({ input, config });
      return answer(input);
    },
  };
  return { calls, tools: langchainToolSource([tool]) };
}

/** What a cell has of a call: its texts, or the message of its error. */
function callEcho(
  tools: ReturnType<typeof langchainToolSource>,
  input = "",
): Promise<readonly string[]> {
  const source = `await tools.echo(${input}).then(text, (error) => text("error: " + error.message));`;
  return runToTexts(source, { tools });
}

describe("langchainToolSource", () => {
  test("declares tools with a JSON Schema, one of zod, and none", () => {
    const schema = {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
    };
    const invoke = async (): Promise<unknown> => 1;
    const tools = langchainToolSource([
      { name: "json", description: "By JSON Schema.", schema, invoke },
      { name: "zod", schema: z.object({ n: z.number() }), invoke },
      { name: "none", invoke },
      { name: "odd", schema: "no schema", invoke },
    ]);
    const declared = declareTools(tools);
    expect(declared).toContain(
      "/** By JSON Schema. */\n  json(args: { city: string }): Promise<unknown>;",
    );
    expect(declared).toContain("zod(args: { n: number }): Promise<unknown>;");
    expect(tools.map(({ description }) => description)).toEqual(["By JSON Schema.", "", "", ""]);
    expect(tools.slice(2).map(({ inputSchema }) => inputSchema)).toEqual([undefined, undefined]);
  });

  test("has a schema judge an input, and leaves it to the tool to change it", async () => {
    const schema = z.object({ said: z.string().transform((said) => `${said}!`) });
    const { calls, tools } = echo(() => "done", { schema });
    expect(await callEcho(tools, '{ said: "ah" }')).toEqual(["done"]);
    expect(await callEcho(tools, "{ said: 7 }")).toEqual([
      expect.stringMatching(/^error: .*\/said: /s),
    ]);
    expect(calls.map(({ input }) => input)).toEqual([{ said: "ah" }]);
  });

  test("runs a tool without an input with an empty one", async () => {
    const { calls, tools } = echo(() => "done");
    await callEcho(tools);
    expect(calls.map(({ input }) => input)).toEqual([{}]);
  });

  const message = { lc_direct_tool_output: true };
  const image = { type: "image", data: pixel, mimeType: "image/png" };
  const url = `data:image/png;base64,${pixel}`;
  test.each<readonly [string, unknown, string]>([
    ["a text", "rain", "rain"],
    ["nothing", undefined, "null"],
    ["null", null, "null"],
    ["an object", { rain: true }, '{"rain":true}'],
    ["a message", { ...message, content: "rain" }, "rain"],
    ["a message of success", { ...message, status: "success", content: "rain" }, "rain"],
    [
      "a message that failed",
      { ...message, status: "error", content: "no rain" },
      "error: no rain",
    ],
    [
      "a message that failed, of blocks",
      { ...message, status: "error", content: [{ type: "text", text: "no" }] },
      'error: [{"type":"text","text":"no"}]',
    ],
    ["what only looks failed", { status: "error", content: 1 }, '{"status":"error","content":1}'],
    [
      "a message of an image",
      { ...message, content: [{ type: "image_url", image_url: { url } }] },
      JSON.stringify({ content: [image] }),
    ],
    ["an image", { type: "image_url", image_url: { url } }, JSON.stringify({ content: [image] })],
    [
      "a command to the graph",
      { lg_name: "Command", update: {} },
      'error: Tool "echo" answered with a Command, which only a graph can follow.',
    ],
  ])("gives a cell what a tool answers: %s", async (_what, answer, text) => {
    expect(await callEcho(echo(() => answer).tools)).toEqual([text]);
  });

  test("rejects with what a tool throws", async () => {
    for (const thrown of [new Error("out of order"), undefined, null, "text"]) {
      const { tools } = echo(() => {
        throw thrown;
      });
      const [told] = await callEcho(tools);
      expect(told).toMatch(thrown instanceof Error ? /^error: out of order$/ : /^error: /);
    }
  });

  test.each(["configurable", "callbacks", "metadata", "tags"])(
    "runs a tool with the config of the run, known by its %s, without what belongs to the call of exec",
    async (key) => {
      const { calls, tools } = echo(() => "done");
      await using session = openSession({ tools });
      const [exec] = langchainTools(session, langchainCore);
      const ofCall = { toolCall: { id: "a" }, toolCallId: "a", runId: "r", runName: "exec" };
      await exec?.invoke({ code: "await tools.echo();" }, { [key]: ["mine"], ...ofCall });
      expect(calls.map(({ config }) => config)).toEqual([
        { [key]: ["mine"], signal: expect.any(AbortSignal) },
      ]);
    },
  );

  test.each<readonly [unknown]>([[{ user: "Ada" }], ["text"], [null], [undefined]])(
    "runs a tool without config where the context of the exec is none: %j",
    async (context) => {
      const { calls, tools } = echo(() => "done");
      await using session = openSession({ tools });
      await session.exec("await tools.echo();", { context });
      expect(calls.map(({ config }) => Object.keys(config))).toEqual([["signal"]]);
    },
  );
});

describe("an interrupt of LangGraph that a tool of a cell throws", () => {
  const interrupt = { is_bubble_up: true, value: "what colour?" };
  const code = "await Promise.allSettled([tools.echo(1), tools.echo(2)]);";

  test("is what the call of exec throws, and the cell ends", async () => {
    const told = new EventLog();
    const { tools } = echo((input) => {
      throw Object.assign(new Error(`interrupt of ${input}`), { is_bubble_up: true });
    });
    await using session = openSession({ tools, onEvent: told.push });
    const [exec] = langchainTools(session, langchainCore);
    await expect(exec?.invoke({ code }, { tags: [] })).rejects.toThrow("interrupt of 1");
    const { outcome } = await told.seen("ended");
    expect(outcome).toMatchObject({ status: "terminated", reason: "aborted" });
  });

  test("is the program's to handle once the call of exec has been answered", async () => {
    const answered = new Held();
    const { tools } = echo(async () => {
      await answered.promise;
      throw interrupt;
    });
    await using session = openSession({ tools });
    const [exec, wait] = langchainTools(session, langchainCore);
    const config = { tags: [] };
    const later = `yield_control(); await tools.echo().catch(() => text("caught"));`;
    expect(await exec?.invoke({ code: later }, config)).toMatch(/^Script running/);
    answered.resolve();
    expect(await wait?.invoke({ cell_id: "1" })).toMatch(/\ncaught$/);
  });

  test.each<readonly [unknown]>([[{ is_bubble_up: false }], [{ is_bubble_up: 1 }], [{}]])(
    "is none where it does not say so: %j",
    async (thrown) => {
      const { tools } = echo(() => {
        throw thrown;
      });
      await using session = openSession({ tools });
      const [exec] = langchainTools(session, langchainCore);
      expect(await exec?.invoke({ code }, { tags: [] })).toMatch(/^Script completed/);
    },
  );
});
