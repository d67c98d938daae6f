import { describe, expect, test } from "vitest";
import type { ToolDefinition } from "../../src/index.js";
import { patternDegree } from "../../src/tools/pattern-degree.js";
import { runToTexts } from "../support/cells.js";

const backtracks = { type: "object", properties: { a: { type: "string", pattern: "^(a+)+$" } } };
const tool = (more: Partial<ToolDefinition>): ToolDefinition => ({
  execute: () => "called",
  ...more,
});
const callWithBacktracking = `try { text(await tools.check({ a: "a".repeat(60) + "b" })); } catch (e) { text(e.message); }`;

describe("a pattern that would take years", () => {
  test("rejects the call of a tool of the host's", async () => {
    const tools = { check: tool({ inputSchema: backtracks }) };
    const [message] = await runToTexts(callWithBacktracking, { tools });
    expect(message).toBe(
      'The input of tool "check" is not checked: it takes longer than 60 ms to check it with the ' +
        "tool's inputSchema; give shorter texts and lists.",
    );
  });

  test("rejects the call, though it is the last of many for names of properties", async () => {
    const names = Array.from({ length: 200 }, (_, at) => `^b${at}$`);
    const patternProperties = Object.fromEntries(
      [...names, "^(a+)+$"].map((name) => [name, { type: "number" }]),
    );
    const tools = { check: tool({ inputSchema: { type: "object", patternProperties } }) };
    const source = `try { await tools.check({ ["a".repeat(60) + "b"]: 1 }); } catch (e) { text(e.message); }`;
    const [message] = await runToTexts(source, { tools });
    expect(message).toContain("takes longer than 60 ms to check it");
  });

  test("lets the input through to a server, which checks it itself", async () => {
    const tools = { check: tool({ inputSchema: backtracks, onInvalidSchema: () => {} }) };
    expect(await runToTexts(callWithBacktracking, { tools })).toEqual(["called"]);
  });
});

test("a long pattern of a server's is not compiled, and the server checks the input", async () => {
  const problems: string[] = [];
  const schema = (key: string, value: unknown): Record<string, unknown> => ({
    type: "object",
    [key]: value,
  });
  for (const inputSchema of [
    schema("properties", { a: { type: "string", pattern: "\\p{L}".repeat(801) } }),
    schema("patternProperties", { ["a?".repeat(2_001)]: {} }),
  ]) {
    const onInvalidSchema = (problem: string): void => void problems.push(problem);
    const tools = { check: tool({ inputSchema, onInvalidSchema }) };
    expect(await runToTexts('text(await tools.check({ a: "b" }))', { tools })).toEqual(["called"]);
  }
  expect(problems).toEqual([
    "it has a pattern of 4005 characters, of at most 4000",
    "it has a pattern of 4002 characters, of at most 4000",
  ]);
});

describe("faults of an input that takes too long to look for all of them", () => {
  const faultyFirst = {
    type: "object",
    properties: { first: { type: "string" }, ...backtracks.properties },
  };
  const call = `try { await tools.check({ first: 1, a: "a".repeat(60) + "b" }); } catch (e) { text(e.message); }`;

  test.each([
    ["of the host's", {}],
    ["of a server's", { onInvalidSchema: (): void => {} }],
  ])("name the first one, and say that there may be more: a tool %s", async (_, more) => {
    const [message] = await runToTexts(call, {
      tools: { check: tool({ inputSchema: faultyFirst, ...more }) },
    });
    expect(message).toContain("/first: must be string, got the number 1; and perhaps more.");
  });
});

test.each([
  ["^[a-z]+$", 1],
  ["^\\d{4}-\\d{2}$", 1],
  ["a+b+", 3],
  ["^(a+)+$", Number.POSITIVE_INFINITY],
  ["(a|aa){20}", Number.POSITIVE_INFINITY],
  ["a?a?a?a?a?a?a?aaaaaaa", Number.POSITIVE_INFINITY],
  ["(a)\\1+", Number.POSITIVE_INFINITY],
])("steps of %s grow with the power %d of a text's length", (pattern, degree) => {
  expect(patternDegree(pattern)).toBe(degree);
});

test("members are found to be equal in whatever order their keys are", async () => {
  const tools = { check: tool({ inputSchema: { type: "array", uniqueItems: true } }) };
  const source = `for (const list of [[{ a: 1, b: [2] }, { b: [2], a: 1 }], [1, "1", [1], null]])
    try { text(await tools.check(list)); } catch (e) { text(e.message.includes("must NOT have duplicate items")); }`;
  expect(await runToTexts(source, { tools })).toEqual(["true", "called"]);
});

test("limits.jsonValues bounds a tool's input and its result", async () => {
  const tools = {
    echo: tool({ execute: (input) => input }),
    many: tool({ execute: () => [1, 2, 3, 4] }),
  };
  const source = `for (const call of [() => tools.echo([1, 2, 3]), () => tools.echo([1, 2, 3, 4]), () => tools.many()])
    try { text(await call()); } catch (e) { text(e.message.includes("more than 4 values")); }`;
  expect(await runToTexts(source, { tools, limits: { jsonValues: 4 } })).toEqual([
    "[1,2,3]",
    "true",
    "true",
  ]);
});
