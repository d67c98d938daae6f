import { Client } from "@modelcontextprotocol/client";
import { InMemoryTransport } from "@modelcontextprotocol/server";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { anthropicToolSource, claudeAgentServer } from "../../src/anthropic.js";
import { declareTools } from "../../src/index.js";
import { openSession, runToTexts } from "../support/cells.js";
import { pixel } from "../support/scripted-server.js";

/** A tool as `tool()` of the Claude Agent SDK makes it, that notes what it is run with. */
function agentTool(
  inputSchema: object,
  answer: object = { content: [{ type: "text", text: "done" }] },
) {
  const calls: { readonly input: unknown; readonly extra: unknown }[] = [];
  const tool = {
    name: "look",
    description: "Looks.",
    inputSchema,
    handler: async (input: unknown, extra: unknown) => {
      calls.push({ input, extra });
      return answer;
    },
  };
  return { calls, tools: anthropicToolSource([tool]) };
}

const program = (input: string): string =>
  `await tools.look(${input}).then(text, (error) => text("error: " + error.message));`;

describe("a tool of the Claude Agent SDK", () => {
  const shape = {
    city: z.string(),
    days: z.number().default(3),
    unit: z.enum(["C", "F"]).optional(),
    when: z.string().transform((text) => text.length),
  };

  test("is declared by the schemas of its properties", () => {
    const declared = declareTools(agentTool(shape).tools).replace(/\s+/g, " ");
    expect(declared).toContain(
      'look(args: { city: string; days?: number; // default: 3 unit?: "C" | "F"; when: string; })',
    );
  });

  test.each<readonly [string, object]>([
    ['{ city: "Oslo", when: "now" }', { city: "Oslo", days: 3, when: 3 }],
    [
      '{ city: "Oslo", when: "", days: 1, unit: "C" }',
      { city: "Oslo", days: 1, unit: "C", when: 0 },
    ],
    ['{ city: "Oslo", when: "", more: 1 }', { city: "Oslo", days: 3, when: 0 }],
  ])("is run with what its schemas make of %s", async (input, made) => {
    const { calls, tools } = agentTool(shape);
    expect(await runToTexts(program(input), { tools })).toEqual(["done"]);
    expect(calls).toEqual([
      { input: made, extra: { signal: expect.any(AbortSignal), requestId: "1-1" } },
    ]);
  });

  test.each<readonly [string, RegExp]>([
    ['{ city: 5, when: "now" }', /\/city: /],
    ['{ city: "Oslo", when: "now", unit: "K" }', /\/unit: /],
    ["{ unit: 5 }", /\/city: .*\/when: .*|\/city: .*\n.*\/unit: /s],
    ["5", /must be an object/],
    ["null", /must be an object|\/city/],
    ['["Oslo"]', /must be an object/],
    ["", /must be an object|\/city/],
  ])("is not run with %s", async (input, fault) => {
    const { calls, tools } = agentTool(shape);
    const [told] = await runToTexts(program(input), { tools });
    expect(told).toMatch(/^error: /);
    expect(told).toMatch(fault);
    expect(calls).toEqual([]);
  });

  test("says of a fault within a property where it is", async () => {
    const { tools } = agentTool({ of: z.object({ city: z.array(z.string()) }) });
    const [told] = await runToTexts(program('{ of: { city: ["a", 5] } }'), { tools });
    expect(told).toContain("/of/city/1: ");
  });

  test("takes anything in a property whose schema is not converted, and asks for it if it must be there", () => {
    const bare = (issues?: readonly object[]): object => ({
      "~standard": { version: 1, vendor: "x", validate: () => ({ value: 1, issues }) },
    });
    const later = {
      "~standard": {
        version: 1,
        vendor: "x",
        validate: async () => ({ issues: [{ message: "no" }] }),
      },
    };
    const failing = {
      "~standard": {
        version: 1,
        vendor: "x",
        validate: () => ({ value: 1 }),
        jsonSchema: {
          input: () => {
            throw new Error("none");
          },
        },
      },
    };
    const { tools } = agentTool({
      a: bare([{ message: "is missing" }]),
      b: bare(),
      later,
      failing,
    });
    const [line] = declareTools(tools).match(/look\(.*/) ?? [];
    expect(line).toBe(
      "look(args: { a: unknown; b?: unknown; later?: unknown; failing?: unknown }): Promise<unknown>;",
    );
  });

  test("may have one schema of its whole input", async () => {
    const { calls, tools } = agentTool(z.object({ city: z.string() }));
    expect(declareTools(tools)).toContain("look(args: { city: string }): Promise<unknown>;");
    expect(await runToTexts(program('{ city: "Oslo" }'), { tools })).toEqual(["done"]);
    expect(calls).toMatchObject([{ input: { city: "Oslo" } }]);
  });

  test.each<readonly [string, object, string]>([
    ["text", { content: [{ type: "text", text: "rain" }] }, "rain"],
    [
      "an error",
      { isError: true, content: [{ type: "text", text: "out of order" }] },
      "error: out of order",
    ],
    [
      "an image",
      { content: [{ type: "image", data: pixel, mimeType: "image/png" }] },
      JSON.stringify({ content: [{ type: "image", data: pixel, mimeType: "image/png" }] }),
    ],
  ])("answers as one of MCP does: %s", async (_what, answer, text) => {
    const { tools } = agentTool({}, answer);
    expect(await runToTexts(program("{}"), { tools })).toEqual([text]);
  });
});

describe("claudeAgentServer", () => {
  test.each([
    [{}, "codecell"],
    [{ name: "cells" }, "cells"],
  ])("is an entry of mcpServers, with exec and wait: %j", async (options, name) => {
    await using session = openSession();
    const { instance, ...entry } = await claudeAgentServer(session, options);
    expect(entry).toEqual({ type: "sdk", name });
    const client = new Client({ name: "test", version: "1" });
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    await instance.connect(theirs);
    await client.connect(ours);
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual(["exec", "wait"]);
    const called = await client.callTool({ name: "exec", arguments: { code: 'text("hi");' } });
    expect(JSON.stringify(called)).toContain("hi");
    await client.close();
  });
});
