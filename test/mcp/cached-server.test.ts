import { describe, expect, test } from "vitest";
import { readCachedServer, toCachedServer } from "../../src/mcp/client/cached-server.js";

describe("what is kept of a server", () => {
  const tool = {
    name: "a",
    description: "A.",
    inputSchema: { type: "object" },
    outputSchema: undefined,
    annotations: { readOnlyHint: true },
  };

  test("has its tools as the protocol has them", () => {
    const tools = [
      { ...tool, isTask: false },
      { ...tool, isTask: true },
    ];
    const said = { instructions: "Only for tests.", capabilities: undefined };
    expect(toCachedServer(tools, said)).toEqual({
      tools: [tool, { ...tool, execution: { taskSupport: "required" } }],
      ...said,
    });
  });

  const list = { listChanged: true };
  test.each<readonly [unknown, unknown]>([
    [undefined, undefined],
    [null, undefined],
    ["all", undefined],
    [[], undefined],
    [{}, {}],
    [{ tools: list }, { tools: {} }],
    [{ prompts: list }, { prompts: {} }],
    [{ completions: list }, { completions: {} }],
    [{ logging: list }, { logging: {} }],
    [{ resources: list }, { resources: { subscribe: false } }],
    [{ resources: { subscribe: true } }, { resources: { subscribe: true } }],
    [{ resources: { subscribe: 1 } }, { resources: { subscribe: false } }],
    [{ tools: true, prompts: [], resources: "a", completions: null, logging: 1 }, {}],
  ])("has of the capabilities %j which there are: %j", (capabilities, kept) => {
    const read = { tools: [], instructions: undefined, capabilities: kept };
    expect(readCachedServer({ tools: [], capabilities })).toEqual(read);
    expect(
      toCachedServer([], { instructions: undefined, capabilities: capabilities as object }),
    ).toEqual(read);
  });

  test.each([
    null,
    [],
    "a",
    {},
    { tools: {} },
    { tools: [], instructions: 1 },
    { tools: [], instructions: null },
  ])("is nothing where it is %j", (value) => {
    expect(readCachedServer(value)).toBeUndefined();
  });
});
