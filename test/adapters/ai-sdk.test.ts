import { createOpenAI, openai } from "@ai-sdk/openai";
import {
  dynamicTool,
  generateText,
  isStepCount,
  jsonSchema,
  streamText,
  tool,
  zodSchema,
} from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type AiTools, aiToolSource, aiTools } from "../../src/ai.js";
import { createCodeMode, declareTools, type ToolContext } from "../../src/index.js";
import { Held, openSession, runToError, runToTexts, start } from "../support/cells.js";
import {
  functionCall,
  message,
  outputOf,
  responseOf,
  streamOf,
} from "../support/responses-wire.js";
import {
  pixel,
  runningCellOf,
  ScriptedServer,
  type ScriptedStep,
  sound,
  twoPartProgram,
} from "../support/scripted-server.js";
import { warningsOf } from "../support/warnings.js";

const weather = tool({
  description: "The weather in a city.",
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }) => `rain in ${city}`,
});

async function answerOf(server: ScriptedServer, tools: AiTools): Promise<string> {
  const provider = createOpenAI({ baseURL: `${server.origin}/v1`, apiKey: "none" });
  const { text } = await generateText({
    model: provider.responses("gpt-5.5"),
    tools,
    stopWhen: isStepCount(10),
    maxRetries: 0,
    prompt: "How is the weather in Oslo?",
  });
  return text;
}

describe("aiTools", () => {
  test("take a model through exec, wait and its answer, image included", async () => {
    const steps: readonly ScriptedStep[] = [
      () => responseOf(functionCall("call_1", "exec", { code: twoPartProgram })),
      (request) => {
        const cell_id = runningCellOf(outputOf(request, "call_1"));
        return responseOf(functionCall("call_2", "wait", { cell_id }));
      },
      () => responseOf(message("It rains.")),
    ];
    await using server = await ScriptedServer.start(steps);
    await using session = openSession({ tools: aiToolSource({ weather }) });
    expect(await answerOf(server, aiTools(session))).toBe("It rains.");
    const [first, second, third] = server.requests;
    expect(first?.path).toBe("/v1/responses");
    expect(first?.body["tools"]).toMatchObject([
      {
        type: "function",
        name: "exec",
        description: expect.stringContaining("weather(args: { city: string }): Promise<unknown>;"),
        parameters: { required: ["code"] },
      },
      { type: "function", name: "wait", parameters: { required: ["cell_id"] } },
    ]);
    expect(second && outputOf(second, "call_1")).toMatch(
      /^Script running with cell ID 1\nWall time \d\.\d seconds\nOutput:\nbegun$/,
    );
    expect(third && outputOf(third, "call_2")).toEqual([
      { type: "input_text", text: expect.stringMatching(/^Script completed\n/) },
      { type: "input_text", text: "rain in Oslo" },
      { type: "input_image", image_url: `data:image/png;base64,${pixel}`, detail: "high" },
    ]);
  });

  test("take a model that streams through exec, wait and its answer", async () => {
    await using server = await ScriptedServer.start([
      () => streamOf(functionCall("call_1", "exec", { code: twoPartProgram })),
      (request) => {
        const cell_id = runningCellOf(outputOf(request, "call_1"));
        return streamOf(functionCall("call_2", "wait", { cell_id }));
      },
      () => streamOf(message("It rains.")),
    ]);
    await using session = openSession({ tools: aiToolSource({ weather }) });
    const provider = createOpenAI({ baseURL: `${server.origin}/v1`, apiKey: "none" });
    const { text } = streamText({
      model: provider.responses("gpt-5.5"),
      tools: aiTools(session),
      stopWhen: isStepCount(10),
      maxRetries: 0,
      prompt: "How is the weather in Oslo?",
    });
    expect(await text).toBe("It rains.");
    const third = server.requests[2];
    expect(third?.body["stream"]).toBe(true);
    expect(third && outputOf(third, "call_2")).toContainEqual({
      type: "input_image",
      image_url: `data:image/png;base64,${pixel}`,
      detail: "high",
    });
  });

  test("answer wrong arguments in words for the model, marked as an error", async () => {
    await using server = await ScriptedServer.start([
      () => responseOf(functionCall("call_1", "exec", { source: "text(1);" })),
      (request) => responseOf(message(String(outputOf(request, "call_1")))),
    ]);
    await using session = openSession();
    expect(await answerOf(server, aiTools(session))).toMatch(
      /^\{"error":"exec takes code, yield_time_ms, max_output_tokens; got `source`/,
    );
  });

  test("terminate the cell when the call is aborted", async () => {
    await using session = openSession();
    const abort = new AbortController();
    const { exec } = aiTools(session, {
      onEvent: (event) => event.type === "started" && abort.abort(),
    });
    const result = await exec.execute?.(
      { code: "for (;;) {}" },
      { toolCallId: "1", messages: [], abortSignal: abort.signal, context: undefined },
    );
    expect(result).toMatchObject({
      content: [{ text: expect.stringMatching(/^Script terminated\n/) }],
      isError: false,
    });
  });

  test("hand sound and images at an address on as files", async () => {
    await using session = openSession({ remoteImages: true });
    const { exec } = aiTools(session);
    const code = `audio("${sound}"); image("https://example.com/a.png");`;
    const call = { toolCallId: "1", messages: [], context: undefined };
    const output = await exec.execute?.({ code }, call);
    const shown = await exec.toModelOutput?.({
      toolCallId: "1",
      input: { code },
      output: output as never,
    });
    expect(shown).toMatchObject({
      type: "content",
      value: [
        { type: "text" },
        {
          type: "file",
          mediaType: "audio/wav",
          data: { type: "data", data: sound.split(",")[1] },
        },
        {
          type: "file",
          mediaType: "image",
          data: { type: "url", url: new URL("https://example.com/a.png") },
        },
      ],
    });
  });

  test("give the tools of the cell the context of the call", async () => {
    const seen: unknown[] = [];
    const look = { execute: (_: unknown, { context }: ToolContext) => void seen.push(context) };
    await using session = openSession({ tools: { look } });
    const { exec } = aiTools(session);
    const input = { code: "await tools.look();" };
    const call = { toolCallId: "1", messages: [] };
    await exec.execute?.(input, { ...call, context: { user: "Ada" } });
    const ofVersion6 = { ...call, context: undefined, experimental_context: { user: "Ben" } };
    await exec.execute?.(input, ofVersion6);
    expect(seen).toEqual([{ user: "Ada" }, { user: "Ben" }]);
  });

  test("refuse options that are none of theirs", () => {
    expect(() => aiTools(openSession(), { onNotice: null } as never)).toThrow(
      'There is no option "onNotice"',
    );
  });
});

describe("a tool set of the AI SDK", () => {
  const tools = {
    weather,
    wrapped: tool({
      inputSchema: jsonSchema<{ n: number }>({
        type: "object",
        properties: { n: { type: "number" } },
        required: ["n"],
      }),
      execute: ({ n }) => n + 1,
    }),
    dynamic: dynamicTool({ inputSchema: z.object({}), execute: () => "dynamic" }),
    told: tool({
      inputSchema: z.object({}),
      execute: (_input, { toolCallId, messages, abortSignal }) => ({
        toolCallId,
        messages,
        isAborted: abortSignal?.aborted,
      }),
    }),
    streamed: tool({
      inputSchema: z.object({}),
      async *execute() {
        yield "loading";
        yield "loaded";
      },
    }),
  };
  const program = `
    text(await tools.weather({ city: "Oslo" }));
    text(await tools.wrapped({ n: 1 }));
    text(await tools.dynamic({}));
    text(await tools.told({}));
    text(await tools.streamed({}));
  `;
  const results = [
    "rain in Oslo",
    "2",
    "dynamic",
    '{"toolCallId":"1-4","messages":[],"isAborted":false}',
    "loaded",
  ];

  test.each([
    ["as it is", tools as never],
    ["through aiToolSource", aiToolSource(tools)],
  ])("is a tool source %s", async (_how, source) => {
    expect(await runToTexts(program, { tools: source })).toEqual(results);
    const error = await runToError("await tools.wrapped({});", { tools: source });
    expect(error.message).toContain("the input: must have required property 'n'");
  });

  test.each([
    ["as it is", (set: object) => set as never],
    ["through aiToolSource", (set: never) => aiToolSource(set)],
  ])("is told when a call is not waited for any more: %s", async (_how, toSource) => {
    const called = new Held<AbortSignal | undefined>();
    const endless = tool({
      inputSchema: z.object({}),
      execute: (_input, { abortSignal }) => {
        called.resolve(abortSignal);
        return new Promise<string>(() => {});
      },
    });
    await using session = openSession({ tools: toSource({ endless } as never) });
    const id = await start(session, "await tools.endless({});");
    const signal = await called.promise;
    expect(signal?.aborted).toBe(false);
    await session.terminate(id);
    expect(signal?.aborted).toBe(true);
  });

  test("may make its schemas and descriptions when they are asked for", () => {
    const lazy = tool({
      description: ({ context }: { context: { unit: string } }) => `In ${context.unit}.`,
      contextSchema: z.object({ unit: z.string() }),
      inputSchema: () => zodSchema(z.object({ city: z.string() })),
      execute: ({ city }, { context }) => `${city}, ${context.unit}`,
    });
    const source = aiToolSource({ lazy }, { toolsContext: { lazy: { unit: "kelvin" } } });
    expect(declareTools(source)).toContain(
      "/** In kelvin. */\n  lazy(args: { city: string }): Promise<unknown>;",
    );
  });

  test("gets the context that its tools want", async () => {
    const unit = tool({
      contextSchema: z.object({ unit: z.string() }),
      inputSchema: z.object({}),
      execute: (_input, { context }) => context.unit,
    });
    const source = aiToolSource({ unit }, { toolsContext: { unit: { unit: "kelvin" } } });
    expect(await runToTexts("text(await tools.unit({}));", { tools: source })).toEqual(["kelvin"]);
  });

  test("is refused if one of its tools runs elsewhere", () => {
    const elsewhere = tool({ inputSchema: z.object({}), outputSchema: z.string() });
    expect(() => createCodeMode({ tools: aiToolSource({ elsewhere }) })).toThrow(
      'The tool "elsewhere" cannot be used: its "execute" must be a function',
    );
  });

  test.each([
    ["5", { type: "provider-defined", id: "openai.web_search", name: "web_search", args: {} }],
    ["6", { type: "provider", id: "openai.web_search", args: {} }],
  ])("leaves out a tool that the provider runs, of version %s", (_, search) => {
    const shell = { ...search, inputSchema: z.object({}), execute: () => "ran" };
    const source = aiToolSource({ search, shell } as unknown as Parameters<typeof aiToolSource>[0]);
    expect(Object.keys(source)).toEqual(["shell"]);
  });

  test("leaves out a tool that the provider runs, and warns once", async () => {
    const search = openai.tools.webSearch();
    const weather = tool({ inputSchema: z.object({}), execute: () => "rain" });
    const warnings = await warningsOf(async () => {
      for (let round = 0; round < 2; round += 1) {
        expect(Object.keys(aiToolSource({ search, weather }))).toEqual(["weather"]);
      }
      await using codeMode = createCodeMode({ tools: { search, weather } as never });
      await using session = codeMode.openSession();
      const outcome = await session.exec("text(ALL_TOOLS.map(({ name }) => name).join());");
      expect(outcome).toMatchObject({ output: [{ text: "weather" }] });
    });
    expect(warnings).toEqual([
      'TOOLS_LEFT_OUT: aiToolSource leaves out "search": such tools are no functions of this program. Give them to the model itself, beside exec.',
      'TOOLS_LEFT_OUT: The option "tools" leaves out "search": such tools are no functions of this program. Give them to the model itself, beside exec.',
    ]);
  });
});
