import { Ajv } from "ajv";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { declareTool, type JsonSchema, type ToolDefinition } from "../../src/index.js";
import { jsonSchemaProblem } from "../../src/tools/json-schema.js";
import { RegisteredTool } from "../../src/tools/registered-tool.js";

function toolWith(inputSchema: unknown, more: Partial<ToolDefinition> = {}): RegisteredTool {
  const schema = { inputSchema } as Partial<ToolDefinition>;
  return new RegisteredTool("t", { execute: () => null, ...schema, ...more });
}

/** What the tool is run with, or why it is not run. */
async function judge(tool: RegisteredTool, input: unknown): Promise<unknown> {
  try {
    return (await tool.checkInput(input, JSON.stringify(input).length)).input;
  } catch (error) {
    return (error as Error).message.replace('Invalid input for tool "t": ', "");
  }
}

const numbers = { type: "object", properties: { n: { type: "number" } } };

describe("a JSON Schema", () => {
  const draft07 = "http://json-schema.org/draft-07/schema#";
  const draft2020 = "https://json-schema.org/draft/2020-12/schema";
  const pair = { items: [{ type: "string" }], additionalItems: false };
  const closed = { $schema: draft2020, type: "object", unevaluatedProperties: false };
  const distinct = { type: "array", uniqueItems: true };

  test.each<[string, JsonSchema, unknown, string | undefined]>([
    ["of draft-07 lets through what fits", { $schema: draft07, ...pair }, ["a"], undefined],
    [
      "of draft-07 refuses what does not",
      { $schema: draft07, ...pair },
      ["a", "b"],
      'the input: must NOT have more than 1 items, got an array ["a","b"].',
    ],
    ["of no dialect is read as draft-07", pair, ["a"], undefined],
    [
      "names the property that nothing has spoken of",
      closed,
      { odd: 1 },
      'the input: must not have the property "odd", got an object {"odd":1}.',
    ],
    [
      "says what must be",
      { const: { a: 1 } },
      { a: 2 },
      'the input: must be {"a":1}, got an object {"a":2}.',
    ],
    [
      "refuses members that are equal",
      distinct,
      [{ a: [1] }, { a: [1] }],
      'the input: must NOT have duplicate items, got an array [{"a":[1]},{"a":[1]}].',
    ],
    ["takes a list and an object for different", distinct, [[1], { 0: 1 }], undefined],
    ["may let equal members through", { type: "array", uniqueItems: false }, [1, 1], undefined],
    [
      "has a keyword that is called like what promises have",
      JSON.parse('{ "if": { "required": ["a"] }, "then": { "required": ["b"] } }'),
      { a: 1 },
      "the input: must have required property 'b', got an object {\"a\":1}; " +
        'the input: must match "then" schema, got an object {"a":1}.',
    ],
    [
      "may be made of what cannot be escaped in a pointer",
      { properties: { "a/b~c": { type: "string" } } },
      { "a/b~c": 1 },
      "/a/b~c: must be string, got the number 1.",
    ],
    ["may have a function beside it", { ...numbers, validate: () => false }, { n: 1 }, undefined],
    ["may say nothing about null", { anyOf: [{ type: "null" }] }, null, undefined],
  ])("%s", async (_what, schema, input, fault) => {
    expect(await judge(toolWith(schema), input)).toEqual(fault ?? input);
  });

  test("is refused where a keyword is wrong, though it could be compiled", async () => {
    const wrong = { type: "string", minLength: -1 };
    expect(() => new Ajv({ strict: false, validateSchema: false }).compile(wrong)).not.toThrow();
    const why = "data/minLength must be >= 0";
    expect(await judge(toolWith(wrong), "a")).toBe(
      `The inputSchema of tool "t" is not a valid JSON Schema: ${why}`,
    );
    expect(jsonSchemaProblem(wrong)).toBe(why);
    expect(jsonSchemaProblem({ type: "string" })).toBeUndefined();
  });

  test("is used without a word where it has a format that nobody knows", async () => {
    const written = vi.spyOn(console, "warn");
    expect(await judge(toolWith({ format: "odd" }), "a")).toBe("a");
    expect(written).not.toHaveBeenCalled();
    written.mockRestore();
  });

  test("of a server is told once where it cannot be used, and then anything passes", async () => {
    const problems: string[] = [];
    const onInvalidSchema = (problem: string): void => void problems.push(problem);
    const tool = toolWith({ type: "strange" }, { onInvalidSchema });
    expect(await judge(tool, 1)).toBe(1);
    expect(await judge(tool, "a")).toBe("a");
    expect(problems).toEqual([expect.stringContaining("data/type must be")]);
  });

  const fifty = (schema: JsonSchema): JsonSchema => ({
    properties: Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`p${at}`, schema])),
  });

  test("of a server is not used where it takes too long to compile", async () => {
    const problems: string[] = [];
    const onInvalidSchema = (problem: string): void => void problems.push(problem);
    const tool = toolWith(fifty(fifty({ format: "email" })), { onInvalidSchema });
    expect(await judge(tool, { p0: { p0: "a" } })).toEqual({ p0: { p0: "a" } });
    expect(problems).toEqual(["it takes longer than 70 ms to compile"]);
  });

  test("that refers to its definitions names all faults, as others do", async () => {
    const $defs = { text: { type: "string" } };
    const $ref = "#/$defs/text";
    const tool = toolWith({ $defs, properties: { a: { $ref }, b: { $ref } } });
    expect(await judge(tool, { a: "x" })).toEqual({ a: "x" });
    expect(await judge(tool, { a: 1, b: 2 })).toBe(
      "/a: must be string, got the number 1; /b: must be string, got the number 2.",
    );
  });

  test("of a host names one fault where it takes too long to compile it for all of them", async () => {
    const tool = toolWith(fifty(fifty({ format: "email" })));
    const fault = '/p0/p1: must match format "email", got a string "a"; and perhaps more.';
    expect(await judge(tool, { p0: { p1: "a", p2: "b" } })).toBe(fault);
    expect(await judge(tool, { p0: { p1: "a", p2: "b" } })).toBe(fault);
  });

  test("of a server lets through what takes too long to check, and judges the next input", async () => {
    const problems: string[] = [];
    const onInvalidSchema = (problem: string): void => void problems.push(problem);
    const slow = { properties: { a: { type: "string", pattern: "^(a+)+$" } } };
    const tool = toolWith(slow, { onInvalidSchema });
    const input = { a: `${"a".repeat(60)}b` };
    expect(await judge(tool, input)).toBe(input);
    expect(await judge(tool, { a: 1 })).toBe("/a: must be string, got the number 1.");
    expect(problems).toEqual([]);
  });

  test("of a server that is made of nothing but itself is told of, and anything passes", async () => {
    const problems: string[] = [];
    const onInvalidSchema = (problem: string): void => void problems.push(problem);
    const tool = toolWith({ allOf: [{ $ref: "#" }] }, { onInvalidSchema });
    expect(await judge(tool, 1)).toBe(1);
    expect(problems).toEqual(["Maximum call stack size exceeded"]);
  });

  test("has patterns of any length for a host, and of 4000 characters for a server", async () => {
    const problems: string[] = [];
    const onInvalidSchema = (problem: string): void => void problems.push(problem);
    const pattern = (length: number): JsonSchema => ({ pattern: "a".repeat(length) });
    const refused = expect.stringMatching(/^the input: must match pattern "a+…, got a string "b"/);
    expect(await judge(toolWith(pattern(4_001)), "b")).toEqual(refused);
    expect(await judge(toolWith(pattern(4_000), { onInvalidSchema }), "b")).toEqual(refused);
    expect(await judge(toolWith(pattern(4_001), { onInvalidSchema }), "b")).toBe("b");
    expect(problems).toEqual(["it has a pattern of 4001 characters, of at most 4000"]);
  });
});

describe("a schema that takes its time", () => {
  const later = z.object({ a: z.string().default("x") }).refine(async () => true);

  test("takes an empty object for no input, where that is enough", async () => {
    expect(await judge(toolWith(later), null)).toEqual({ a: "x" });
    const never = z.object({}).refine(async () => false, "never");
    expect(await judge(toolWith(never), null)).toMatch(/expected object.*, got null\.$/);
  });

  test("may be a promise, and is declared when it is there", async () => {
    const tool = (): { name: string } & ToolDefinition => ({
      name: "t",
      execute: () => null,
      inputSchema: promised as never,
    });
    const promised = Promise.resolve(numbers);
    const { inputSchema } = toolWith(promised);
    expect(await judge(toolWith(promised), { n: "1" })).toContain("/n: must be number");
    expect(declareTool({ ...tool(), inputSchema })).toContain("t(args?: { n?: number })");
  });

  test("is asked for once, though each look makes a promise", async () => {
    let looks = 0;
    const wrapper = {
      get jsonSchema() {
        looks += 1;
        return Promise.resolve(numbers);
      },
    };
    const tool = toolWith(wrapper);
    expect(await judge(tool, { n: "1" })).toContain("/n: must be number");
    const { inputSchema } = tool;
    expect(declareTool({ name: "t", inputSchema, execute: () => null })).toContain("n?: number");
    expect(looks).toBe(1);
  });

  test("may be in a wrapper that judges inputs itself", async () => {
    const validate = function (this: { value: number }): unknown {
      return { success: true, value: this.value };
    };
    const wrapper = { jsonSchema: Promise.resolve(numbers), validate, value: 5 };
    expect(await judge(toolWith(wrapper), { n: "1" })).toBe(5);
  });
});

test("a wrapper that judges at once, and a schema that does, answer at once", () => {
  const validate = (value: unknown): unknown => ({ success: true, value: [value] });
  expect(toolWith({ jsonSchema: numbers, validate }).checkInput(1, 1)).toEqual({ input: [1] });
  expect(toolWith(numbers).checkInput({ n: 1 }, 7)).toEqual({ input: { n: 1 } });
  expect(toolWith(z.number()).checkInput(1, 1)).toEqual({ input: 1 });
});

test("a wrapper without a schema, and a library's object that cannot judge, let anything pass", async () => {
  expect(await judge(toolWith({ jsonSchema: null }), 1)).toBe(1);
  expect(await judge(toolWith({ "~standard": { version: 1 } }), 1)).toBe(1);
});

test.each<[string, readonly PropertyKey[], unknown, string]>([
  ["of the input's own", ["a", 0], { a: ["x"] }, '/a/0: odd, got a string "x".'],
  ["that the input has of its prototype", ["toString"], {}, "/toString: odd, got undefined."],
  ["within a text", ["a", "length"], { a: "xyz" }, "/a/length: odd, got undefined."],
  ["within nothing", ["a", "b"], { a: null }, "/a/b: odd, got undefined."],
  ["within a member that is missing", ["a", "b"], {}, "/a/b: odd, got undefined."],
])("a fault at a place %s is told with what is there", async (_what, path, input, message) => {
  const validate = (): unknown => ({ issues: [{ message: "odd", path }] });
  const schema = { "~standard": { version: 1, vendor: "test", validate } };
  expect(await judge(toolWith(schema), input)).toBe(message);
});
