import { describe, expect, test } from "vitest";
import { declareTools } from "../../src/index.js";
import { openaiToolSource, type RunnableOpenAITool } from "../../src/openai.js";
import { runToTexts } from "../support/cells.js";
import { pixel } from "../support/scripted-server.js";

type Run = (...given: unknown[]) => unknown;

/** A function of a tool that notes what it is called with. */
function noting(): { readonly calls: unknown[][]; readonly run: Run } {
  const calls: unknown[][] = [];
  const run: Run = (...given) => {
    calls.push(given);
    return "done";
  };
  return { calls, run };
}

const call = "text(await tools.look());";

describe("a call without an input", () => {
  test.each<readonly [string, (run: Run) => object, unknown]>([
    ["a tool for runTools", (run) => ({ function: { name: "look", function: run } }), "{}"],
    [
      "one that parses",
      (run) => ({ function: { name: "look", parse: JSON.parse, function: run } }),
      {},
    ],
    [
      "one of the helpers for zod",
      (run) => ({ name: "look", $callback: run, $parseRaw: JSON.parse }),
      {},
    ],
  ])("has an empty one: of %s", async (_what, toTool, input) => {
    const { calls, run } = noting();
    const tools = openaiToolSource([{ type: "function", ...toTool(run) }]);
    expect(await runToTexts(call, { tools })).toEqual(["done"]);
    expect(calls.map(([given]) => given)).toEqual([input]);
  });

  test("has an empty one, with a signal: of a tool of the Agents SDK", async () => {
    const { calls, run } = noting();
    const tools = openaiToolSource([{ type: "function", name: "look", invoke: run } as never]);
    await runToTexts(call, { tools });
    expect(calls).toEqual([[undefined, "{}", { signal: expect.any(AbortSignal) }]]);
  });
});

describe("a tool of OpenAI", () => {
  const run = (): string => "done";

  test("is declared with its schemas, wherever they are", () => {
    const schema = { type: "object", properties: { n: { type: "number" } }, required: ["n"] };
    const answer = { type: "string" };
    const given = [
      { type: "function", name: "a", parameters: schema, output_schema: answer },
      { type: "function", name: "b", parameters: schema, outputSchema: answer },
      { type: "function", function: { name: "c", parameters: schema, output_schema: answer } },
      { type: "function", name: "d", parameters: null, output_schema: null, description: null },
    ];
    const tools = openaiToolSource(given, { execute: run });
    const declared = declareTools(tools);
    for (const name of ["a", "b", "c"]) {
      expect(declared).toContain(`${name}(args: { n: number }): Promise<string>;`);
    }
    expect(tools[3]).toMatchObject({ description: "", inputSchema: undefined });
  });

  test.each<readonly [object, string, boolean | undefined]>([
    [{ type: "function", name: "a" }, "function", undefined],
    [{ type: "function", name: "a", defer_loading: true }, "function", true],
    [{ type: "function", name: "a", deferLoading: true }, "function", true],
    [{ type: "function", name: "a", defer_loading: false, deferLoading: true }, "function", false],
    [{ type: "custom", name: "a", defer_loading: true }, "freeform", true],
    [{ type: "custom", custom: { name: "a" } }, "freeform", undefined],
  ])("%j is a %s tool that is deferred: %s", (tool, kind, deferLoading) => {
    const [named] = openaiToolSource([tool as RunnableOpenAITool], { execute: run });
    expect(named).toMatchObject({ name: "a", kind });
    expect(named?.deferLoading).toBe(deferLoading);
  });

  test("has the name of its function where it has no other", () => {
    const [named] = openaiToolSource([{ type: "function", function: { function: run } }]);
    expect(named?.name).toBe("run");
    expect(() => openaiToolSource([{ type: "function" }])).toThrow('The tool "" cannot be used');
  });

  test("gives cells the images of MCP where it is of the Agents SDK and answers with one", async () => {
    const url = `data:image/png;base64,${pixel}`;
    const invoke = async (): Promise<unknown> => ({ type: "image", image: url });
    const tools = openaiToolSource([{ type: "function", name: "look", invoke } as never]);
    const source = "content((await tools.look()).content);";
    expect(await runToTexts(source, { tools })).toEqual(["image"]);
  });

  test.each([[{ execute: "f" }], [{ run: () => 1 }], [null]])(
    "is refused with the options %j",
    (options) => {
      expect(() => openaiToolSource([], options as never)).toThrow(
        expect.objectContaining({ code: "ERR_INVALID_OPTION" }),
      );
    },
  );
});

describe("a tool of the Agents SDK whose gates say little", () => {
  const invoke = async (): Promise<string> => "done";
  const outcome = (gates: object): Promise<readonly string[]> =>
    runToTexts("await tools.look().then(text, (error) => text(error.message));", {
      tools: openaiToolSource([{ type: "function", name: "look", invoke, ...gates } as never]),
    });
  const guardrail = (result: unknown): object => ({ name: "g", run: async () => result });

  test.each<readonly [string, object, RegExp]>([
    ["is enabled", { isEnabled: true }, /^done$/],
    ["needs no approval", { needsApproval: false, isEnabled: true }, /^done$/],
    ["has no guardrails", { inputGuardrails: null, outputGuardrails: [] }, /^done$/],
    ["has one that says nothing", { inputGuardrails: [guardrail(undefined)] }, /^done$/],
    ["has one without behaviour", { outputGuardrails: [guardrail({})] }, /^done$/],
    [
      "has one of a behaviour that is not known",
      { inputGuardrails: [guardrail({ behavior: { type: "new" } })] },
      /^Tool input guardrail triggered: g$/,
    ],
    [
      "has two, of which the second holds back",
      {
        outputGuardrails: [
          guardrail({ behavior: { type: "allow" } }),
          guardrail({ behavior: { type: "rejectContent", message: "secret" } }),
        ],
      },
      /^secret$/,
    ],
    ["is enabled by what is no boolean", { isEnabled: async () => "yes" }, /^done$/],
    ["is not enabled by nothing", { isEnabled: async () => undefined }, /is not enabled/],
  ])("%s", async (_what, gates, text) => {
    expect(await outcome(gates)).toEqual([expect.stringMatching(text)]);
  });

  test("does not run for a call that has ended while an input guardrail looked", async () => {
    let runs = 0;
    const abort = new AbortController();
    const [look] = openaiToolSource([
      {
        type: "function",
        name: "look",
        invoke: () => {
          runs += 1;
        },
        inputGuardrails: [{ name: "g", run: () => abort.abort(new Error("ended")) }],
      } as never,
    ]);
    const context = { sessionId: "s", cellId: "1", callId: "1-1", signal: abort.signal };
    await expect(look?.execute({}, context)).rejects.toThrow("ended");
    expect(runs).toBe(0);
  });
});
