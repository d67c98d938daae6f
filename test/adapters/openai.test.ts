import { tool as agentTool } from "@openai/agents";
import OpenAI from "openai";
import { zodFunction, zodResponsesFunction } from "openai/helpers/zod";
import type { ResponseInput } from "openai/resources/responses/responses";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { declareTools } from "../../src/index.js";
import { type OpenAITools, openaiToolSource, openaiTools } from "../../src/openai.js";
import { openSession, runToError, runToTexts } from "../support/cells.js";
import {
  customCall,
  functionCall,
  message,
  outputOf,
  responseOf,
} from "../support/responses-wire.js";
import {
  pixel,
  runningCellOf,
  ScriptedServer,
  type ScriptedStep,
  twoPartProgram,
} from "../support/scripted-server.js";
import { warningsOf } from "../support/warnings.js";

const weather = { weather: { execute: async () => "rain in Oslo" } };

/** The loop of a host: asks, answers the calls, and asks again until there are none. */
async function answerOf(server: ScriptedServer, { tools, dispatch }: OpenAITools): Promise<string> {
  const client = new OpenAI({ baseURL: `${server.origin}/v1`, apiKey: "none", maxRetries: 0 });
  const input: ResponseInput = [{ role: "user", content: "How is the weather in Oslo?" }];
  for (;;) {
    const response = await client.responses.create({ model: "gpt-5.5", tools, input });
    const outputs = await dispatch(response.output);
    if (outputs.length === 0) return response.output_text;
    input.push(...(response.output as ResponseInput), ...outputs);
  }
}

const loops: readonly (readonly [string, boolean, object, unknown])[] = [
  [
    "a custom tool",
    true,
    customCall("call_1", "exec", twoPartProgram),
    {
      type: "custom",
      name: "exec",
      description: expect.stringContaining("weather(args?: unknown): Promise<unknown>;"),
      format: { type: "grammar", syntax: "lark", definition: expect.stringMatching(/^start: /) },
    },
  ],
  [
    "a function tool",
    false,
    functionCall("call_1", "exec", { code: twoPartProgram }),
    {
      type: "function",
      name: "exec",
      description: expect.stringContaining("weather(args?: unknown): Promise<unknown>;"),
      parameters: expect.objectContaining({ required: ["code"] }),
      strict: false,
    },
  ],
];

describe("openaiTools", () => {
  test.each(loops)(
    "take a model through exec as %s, wait and its answer, image included",
    async (...loop) => {
      const [, freeform, call, definition] = loop;
      const steps: readonly ScriptedStep[] = [
        () => responseOf(call),
        (request) => {
          const cell_id = runningCellOf(outputOf(request, "call_1"));
          return responseOf(functionCall("call_2", "wait", { cell_id }));
        },
        () => responseOf(message("It rains.")),
      ];
      await using server = await ScriptedServer.start(steps);
      await using session = openSession({ tools: weather });
      expect(await answerOf(server, openaiTools(session, { freeform }))).toBe("It rains.");
      const [first, second, third] = server.requests;
      expect(first?.path).toBe("/v1/responses");
      expect(first?.body["tools"]).toEqual([
        definition,
        expect.objectContaining({ type: "function", name: "wait", strict: false }),
      ]);
      expect(second?.body["input"]).toContainEqual({
        type: freeform ? "custom_tool_call_output" : "function_call_output",
        call_id: "call_1",
        output: expect.stringMatching(/^Script running with cell ID 1\nWall time .*\nbegun$/s),
      });
      expect(third && outputOf(third, "call_2")).toEqual([
        { type: "input_text", text: expect.stringMatching(/^Script completed\n/) },
        { type: "input_text", text: "rain in Oslo" },
        { type: "input_image", image_url: `data:image/png;base64,${pixel}`, detail: "high" },
      ]);
    },
  );

  test("answer several calls in their order, and pass over what is not theirs", async () => {
    await using session = openSession();
    const { dispatch } = openaiTools(session);
    const outputs = await dispatch([
      message("Let me see."),
      customCall("a", "exec", 'text("first");'),
      functionCall("b", "search", {}),
      customCall("c", "exec", "nonsense("),
      functionCall("d", "wait", { cell_id: "99" }),
      { type: "reasoning", id: "rs_1", summary: [] },
    ] as Parameters<typeof dispatch>[0]);
    expect(outputs).toEqual([
      {
        type: "custom_tool_call_output",
        call_id: "a",
        output: expect.stringMatching(/^Script completed\n.*first$/s),
      },
      {
        type: "custom_tool_call_output",
        call_id: "c",
        output: expect.stringMatching(/^Script failed\n.*SyntaxError/s),
      },
      {
        type: "function_call_output",
        call_id: "d",
        output: expect.stringMatching(/^Script failed\n.*no such cell: "99".*$/s),
      },
    ]);
  });

  test("terminate the cells of calls whose signal is aborted", async () => {
    await using session = openSession();
    const abort = new AbortController();
    const [output] = await openaiTools(session).dispatch(
      [customCall("a", "exec", "for (;;) {}") as { type: string }],
      { signal: abort.signal, onEvent: (event) => event.type === "started" && abort.abort() },
    );
    expect(output?.output).toMatch(/^Script terminated\n/);
  });

  test("say in words that there was sound, which the API has no place for", async () => {
    await using session = openSession();
    const source = 'audio("data:audio/wav;base64,UklGRg==");';
    const call = customCall("a", "exec", source) as { type: string };
    const [output] = await openaiTools(session).dispatch([call]);
    expect(output?.output).toContain("[sound left out: a tool's result can have none here]");
  });

  test("refuse options that are none of theirs", () => {
    expect(() => openaiTools(openSession(), { freeform: 1 } as never)).toThrow(
      '"freeform" must be',
    );
  });
});

describe("as sources of tools are taken", () => {
  const parameters = z.object({ city: z.string() });
  const jsonSchema = {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
  };
  const rain = ({ city }: { city: string }): string => `rain in ${city}`;
  const description = "The weather in a city.";

  test.each([
    [
      "tools of the Agents SDK",
      [agentTool({ name: "weather", description, parameters, execute: rain })],
    ],
    [
      "what zodResponsesFunction makes",
      [zodResponsesFunction({ name: "weather", description, parameters, function: rain })],
    ],
    [
      "what zodFunction makes",
      [zodFunction({ name: "weather", description, parameters, function: rain })],
    ],
    [
      "tools for runTools that parse",
      [
        {
          type: "function",
          function: {
            name: "weather",
            description,
            parameters: jsonSchema,
            parse: JSON.parse,
            function: rain,
          },
        },
      ],
    ],
    [
      "tools for runTools that do not",
      [
        {
          type: "function",
          function: {
            description,
            parameters: jsonSchema,
            function: function weather(json: string) {
              return rain(JSON.parse(json));
            },
          },
        },
      ],
    ],
  ])("%s", async (what, given) => {
    const tools = openaiToolSource(given);
    expect(declareTools(tools)).toContain(
      `/** ${description} */\n  weather(args: { city: string }): Promise<unknown>;`,
    );
    const source = 'text(await tools.weather({ city: "Oslo" }));';
    expect(await runToTexts(source, { tools })).toEqual(["rain in Oslo"]);
    const error = await runToError("await tools.weather({});", { tools });
    const fault = what.startsWith("what zod")
      ? "/city: Invalid input: expected string, received undefined"
      : "the input: must have required property 'city'";
    expect(error.message).toContain(fault);
  });

  test("tools whose schema fills in what is left out", async () => {
    const filled = z.object({ city: z.string(), days: z.number().default(3) });
    const run = ({ city, days }: { city: string; days: number }): string => `${city}, ${days} days`;
    const given = [
      agentTool({ name: "agent", description, parameters: filled, execute: run }),
      zodFunction({ name: "chat", description, parameters: filled, function: run }),
      zodResponsesFunction({ name: "response", description, parameters: filled, function: run }),
    ];
    const tools = openaiToolSource(given);
    expect(declareTools(tools)).not.toContain("days: number");
    const source = `
      for (const name of ["agent", "chat", "response"]) text(await tools[name]({ city: "Oslo" }));
    `;
    expect(await runToTexts(source, { tools })).toEqual(new Array(3).fill("Oslo, 3 days"));
  });

  test("definitions for an API, with a function that runs them", async () => {
    const calls: unknown[] = [];
    const tools = openaiToolSource(
      [
        { type: "function", name: "weather", description, parameters: jsonSchema, strict: true },
        { type: "function", function: { name: "clock", parameters: null } },
        { type: "custom", name: "patch", description: "Takes a patch." },
        { type: "custom", custom: { name: "query" } },
      ],
      {
        execute: (name, input, { signal }) => {
          calls.push([name, input, signal.aborted]);
          return name.toUpperCase();
        },
      },
    );
    const source = `
      text(await tools.weather({ city: "Oslo" }));
      text(await tools.clock());
      text(await tools.patch("+1"));
      text(await tools.query("select"));
    `;
    expect(await runToTexts(source, { tools })).toEqual(["WEATHER", "CLOCK", "PATCH", "QUERY"]);
    expect(calls).toEqual([
      ["weather", { city: "Oslo" }, false],
      ["clock", null, false],
      ["patch", "+1", false],
      ["query", "select", false],
    ]);
  });

  test("tools of the Agents SDK, which get the run's context and reject where they are to", async () => {
    const fails = agentTool({
      name: "fails",
      description: "",
      parameters: z.object({}),
      errorFunction: null,
      execute: (_input, runContext) => {
        throw new Error(`not for ${JSON.stringify(runContext?.context)}`);
      },
    });
    const tools = openaiToolSource([fails], { runContext: { context: { user: "Ada" } } });
    const error = await runToError("await tools.fails({});", { tools });
    expect(error.message).toBe('not for {"user":"Ada"}');
  });

  test("but none that cannot be run", () => {
    expect(() => openaiToolSource([{ type: "function", name: "weather" }])).toThrow(
      'The tool "weather" cannot be used: it has no callback, and there is no `execute` to run it.',
    );
  });

  test("and leaves out hosted tools, with one warning", async () => {
    const weather = { type: "function", name: "weather" };
    const tools = [{ type: "web_search" }, { type: "hosted_tool", name: "files" }, weather];
    const warnings = await warningsOf(async () => {
      for (let round = 0; round < 2; round += 1) {
        const source = openaiToolSource(tools, { execute: () => "rain" });
        expect(source.map(({ name }) => name)).toEqual(["weather"]);
      }
    });
    expect(warnings).toEqual([
      'TOOLS_LEFT_OUT: openaiToolSource leaves out "web_search", "files": such tools are no functions of this program. Give them to the model itself, beside exec.',
    ]);
  });
});
