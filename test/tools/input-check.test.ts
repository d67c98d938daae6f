import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { RegisteredTool } from "../../src/tools/registered-tool.js";
import type { ToolContext, ToolDefinition, ToolSchema } from "../../src/tools/tool-definition.js";

const context: ToolContext = {
  sessionId: "s",
  cellId: "1",
  callId: "1",
  signal: new AbortController().signal,
};

const toolWith = (definition: Partial<ToolDefinition>): RegisteredTool =>
  new RegisteredTool("search", { execute: (input) => input, ...definition });

const check = async (inputSchema: ToolSchema, input: unknown): Promise<unknown> =>
  (await toolWith({ inputSchema }).checkInput(input, 0)).input;

const failure = (checked: Promise<unknown>): Promise<string> =>
  checked.then(
    () => "no fault",
    (error: Error) => error.message,
  );

const querySchema = {
  type: "object",
  properties: { query: { type: "string" }, limit: { enum: [10, 20] } },
  required: ["query"],
  additionalProperties: false,
};

describe("JSON Schema", () => {
  test("an input that fits reaches the tool as it came", async () => {
    expect(await check(querySchema, { query: "a" })).toEqual({ query: "a" });
  });

  test.each([
    [{ query: 5 }, "/query: must be string, got the number 5"],
    [{ query: "a", limit: 11 }, "/limit: must be one of [10,20], got the number 11"],
    [{ query: "a", other: 1 }, 'the input: must not have the property "other"'],
    [{}, "the input: must have required property 'query', got an object {}"],
    [null, "the input: must be object, got null"],
    ["text", 'the input: must be object, got a string "text"'],
  ])("%j is refused with what was expected and what came", async (input, message) => {
    await expect(check(querySchema, input)).rejects.toThrow(
      expect.objectContaining({
        message: expect.stringContaining(`Invalid input for tool "search": ${message}`),
      }),
    );
  });

  test("all faults of an input are named", async () => {
    await expect(check(querySchema, { limit: 11, query: 5, other: 1 })).rejects.toThrow(
      'Invalid input for tool "search": the input: must not have the property "other", got an object ' +
        '{"limit":11,"query":5,"other":1}; /query: must be string, got the number 5; ' +
        "/limit: must be one of [10,20], got the number 11.",
    );
  });

  test("of many faults the first eight are named, and the others are counted", async () => {
    const texts = { type: "array", items: { type: "string" } };
    const message = await failure(check(texts, Array.from({ length: 1_000 }).fill(1)));
    expect(message).toContain("/7: must be string, got the number 1; and 992 more.");
    expect(message).not.toContain("/8:");
  });

  test("names of properties and expected values of any length make a short message", async () => {
    const long = "k".repeat(5_000);
    const schema = {
      type: "object",
      required: [`${long}1`, `${long}2`],
      properties: { [long]: { enum: [long] } },
      additionalProperties: false,
    };
    const message = await failure(check(schema, { [long]: `${long}4`, [`${long}3`]: long }));
    expect(message.length).toBeLessThan(6_000);
    expect(message.match(/got/g)).toHaveLength(4);
  });

  test("a call without input is an empty object where nothing is required", async () => {
    expect(await check({ type: "object" }, null)).toEqual({});
  });

  test("a schema that takes null gets null", async () => {
    expect(await check({ type: ["object", "null"] }, null)).toBeNull();
  });

  test("the AI SDK's wrapper is read by its shape", async () => {
    await expect(check({ jsonSchema: querySchema }, {})).rejects.toThrow("'query'");
  });

  test("2020-12 is understood where the schema says so", async () => {
    const $schema = "https://json-schema.org/draft/2020-12/schema";
    const pair = { $schema, type: "array", prefixItems: [{ type: "string" }], items: false };
    expect(await check(pair, ["a"])).toEqual(["a"]);
    await expect(check(pair, ["a", "b"])).rejects.toThrow("Invalid input");
  });

  test("formats are checked and unknown keywords are not", async () => {
    const email = { type: "string", format: "email", "x-odd": true };
    expect(await check(email, "a@b.org")).toBe("a@b.org");
    await expect(check(email, "a")).rejects.toThrow('must match format "email"');
  });

  test("tools may share an $id", async () => {
    const named = { $id: "https://example.org/one", type: "string" };
    expect(await check({ ...named }, "a")).toBe("a");
    expect(await check({ ...named }, "b")).toBe("b");
  });

  test("a schema that is too deep is not called wrong", async () => {
    let schema: Record<string, unknown> = { type: "string" };
    for (let depth = 0; depth < 20_000; depth += 1) schema = { type: "array", items: schema };
    await expect(check(schema, [])).rejects.toThrow(
      'inputSchema of tool "search" is too large or too deep to make a check of it; give it fewer',
    );
  });

  test("a schema that is none rejects the call and names the tool", async () => {
    await expect(check({ type: "strange" }, 1)).rejects.toThrow(
      /inputSchema of tool "search" is not a valid JSON Schema/,
    );
    await expect(check({ $ref: "https://example.org/none" }, 1)).rejects.toThrow(/can't resolve/);
    await expect(check({ $async: true }, 1)).rejects.toThrow(/\$async/);
  });

  test("what is no schema at all is refused at registration", () => {
    expect(() => toolWith({ inputSchema: "string" as never })).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_TOOL" }),
    );
  });
});

describe("Standard Schema", () => {
  test("the tool gets what the schema made of the input", async () => {
    expect(await check(z.object({ n: z.coerce.number() }), { n: "5" })).toEqual({ n: 5 });
  });

  test("an asynchronous schema is awaited", async () => {
    const later = z.string().refine(async (value) => value === "a", "must be a");
    expect(await check(later, "a")).toBe("a");
    await expect(check(later, "b")).rejects.toThrow('the input: must be a, got a string "b"');
  });

  test("a problem is told with its path and what came", async () => {
    await expect(check(z.object({ a: z.array(z.string()) }), { a: [1] })).rejects.toThrow(
      /\/a\/0: .*expected string.*, got the number 1/,
    );
  });

  test.each([
    ["zod", z.object({ a: z.string(), b: z.object({ c: z.number() }) })],
    ["valibot", v.object({ a: v.string(), b: v.object({ c: v.number() }) })],
    ["arktype", type({ a: "string", b: { c: "number" } })],
  ])("all faults that %s finds are named", async (_, schema) => {
    const message = await failure(check(schema, { a: 1, b: { c: "x" } }));
    expect(message).toMatch(
      /^Invalid input for tool "search": \/a: .*, got the number 1; \/b\/c: .*, got a string "x"\.$/,
    );
  });

  test("of many faults the first eight are named, and the others are counted", async () => {
    const input = Array.from({ length: 1_000 }).fill(1);
    expect(await failure(check(z.array(z.string()), input))).toMatch(/\/7: .*; and 992 more\.$/);
  });

  test("a call without input is an empty object where nothing is required", async () => {
    expect(await check(z.object({ a: z.string().default("x") }), null)).toEqual({ a: "x" });
  });
});

describe("kinds", () => {
  test.each([5, "text", null, [1], true, { a: 1 }])(
    "%j reaches a tool without a schema",
    (input) => {
      expect(toolWith({}).checkInput(input, 0)).toEqual({ input });
    },
  );

  test("a freeform tool takes a string and nothing else", () => {
    const freeform = toolWith({ kind: "freeform" });
    expect(freeform.checkInput("a", 0)).toEqual({ input: "a" });
    expect(() => freeform.checkInput({ a: 1 }, 0)).toThrow(
      'Tool "search" expects a string; got an object {"a":1}.',
    );
  });
});

describe("results", () => {
  const run = async (execute: ToolDefinition["execute"]): Promise<string> => {
    const tool = toolWith({ execute });
    return tool.toJson(await tool.execute(null, context), 1000);
  };

  test("nothing becomes null", async () => {
    expect(await run(() => undefined)).toBe("null");
  });

  const cycle: unknown[] = [];
  cycle.push(cycle);

  test.each([
    ["a bigint", 1n],
    ["a cycle", cycle],
    ["a function", execute],
    ["a hostile toJSON", { toJSON: (): unknown => JSON.parse("no") }],
  ])("%s rejects the call and names the tool", async (_, value) => {
    await expect(run(() => value)).rejects.toThrow(
      /^Tool "search" gave a result that JSON cannot carry: ./,
    );
  });

  function execute(): void {}
});
