import { describe, expect, test } from "vitest";
import { ResultCheck } from "../../src/mcp/client/result-check.js";
import { someOf, tellOnce } from "../../src/mcp/client/warnings.js";
import type { McpWarning } from "../../src/mcp.js";
import type { JsonSchema } from "../../src/tools/tool-definition.js";
import { Held } from "../support/cells.js";

describe("a warning of a server", () => {
  const warning = (message: string): McpWarning => ({ code: "MCP_NAMES", server: "s", message });

  test("is told once, and none after a thousand different ones", () => {
    const told: string[] = [];
    const tell = tellOnce(({ message }) => told.push(message));
    for (const message of ["a", "b", "a"]) tell(warning(message));
    expect(told).toEqual(["a", "b"]);
    for (let i = 0; i < 2_000; i += 1) tell(warning(`${i}`));
    expect(told).toHaveLength(1_000);
    expect(told.at(-1)).toBe("997");
  });

  test("is a warning of the process where nothing else is said", async () => {
    const warned = new Held<Error>();
    process.once("warning", warned.resolve);
    tellOnce()(warning("two names are one"));
    expect(await warned.promise).toMatchObject({
      message: "two names are one",
      code: "MCP_NAMES",
    });
  });

  test.each([
    [[], ""],
    [["a"], "a"],
    [["a", "b", "c", "d", "e"], "a; b; c; d; e"],
    [["a", "b", "c", "d", "e", "f"], "a; b; c; d; e; and 1 more"],
    [["a", "b", "c", "d", "e", "f", "g"], "a; b; c; d; e; and 2 more"],
  ])("names of %j a few", (texts, shown) => {
    expect(someOf(texts)).toBe(shown);
  });
});

describe("a result is compared with the tool's output schema", () => {
  const outputSchema = { type: "object", properties: { n: { type: "number" } } };
  /** What is told of results, in order. */
  function toldOf(
    schema: JsonSchema | undefined,
    ...results: readonly unknown[]
  ): readonly string[] {
    const told: string[] = [];
    const tool = {
      name: "odd",
      description: "",
      inputSchema: {},
      outputSchema: schema,
      annotations: undefined,
      isTask: false,
    };
    const check = new ResultCheck("s", tool, ({ message }) => told.push(message));
    for (const result of results) check.check(result);
    return told;
  }
  const not = (why: string): string =>
    `MCP server "s": a result of its tool "odd" is not what the tool's outputSchema says (${why}); programs get results as they come.`;

  test.each<readonly [string, unknown]>([
    ["that fits", { structuredContent: { n: 1 } }],
    ["that is an error", { isError: true }],
    ["that is null", null],
    ["that is a text", "a"],
    ["that is not there", undefined],
  ])("and nothing is told of one %s", (_what, result) => {
    expect(toldOf(outputSchema, result)).toEqual([]);
  });

  test("and a tool without a schema may answer anything", () => {
    expect(toldOf(undefined, {}, { structuredContent: 1 })).toEqual([]);
  });

  test("and the first that does not fit is told, and no later one", () => {
    const fits = { structuredContent: { n: 1 } };
    expect(toldOf(outputSchema, fits, {}, {}, { structuredContent: { n: "a" } })).toEqual([
      not("there is no structured content"),
    ]);
    expect(toldOf(outputSchema, { structuredContent: { n: "a" }, isError: "true" })).toEqual([
      expect.stringMatching(/is not what the tool's outputSchema says \(.*\bn\b.*\)/),
    ]);
  });

  test("and a schema that cannot be used is told", () => {
    expect(toldOf({ type: "any" }, { structuredContent: {} })).toEqual([
      expect.stringContaining("outputSchema says (which cannot be used: "),
    ]);
  });
});
