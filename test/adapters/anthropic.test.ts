import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type AnthropicTools, anthropicToolSource, anthropicTools } from "../../src/anthropic.js";
import { declareTools } from "../../src/index.js";
import { openSession, runToError, runToTexts } from "../support/cells.js";
import { messageOf, resultOf, toolUse, words } from "../support/messages-wire.js";
import {
  pixel,
  runningCellOf,
  ScriptedServer,
  twoPartProgram,
} from "../support/scripted-server.js";

/** The loop of a host: asks, answers the calls, and asks again until there are none. */
async function answerOf(
  server: ScriptedServer,
  { tools, dispatch }: AnthropicTools,
): Promise<Anthropic.ContentBlock[]> {
  const client = new Anthropic({ baseURL: server.origin, apiKey: "none", maxRetries: 0 });
  const messages: Anthropic.MessageParam[] = [
    { role: "user", content: "How is the weather in Oslo?" },
  ];
  for (;;) {
    const { content } = await client.messages.create({
      model: "claude-opus-4-8",
      max_tokens: 1000,
      tools,
      messages,
    });
    const results = await dispatch(content);
    if (results.length === 0) return content;
    messages.push({ role: "assistant", content }, { role: "user", content: results });
  }
}

describe("anthropicTools", () => {
  test("take a model through exec, wait and its answer, image included", async () => {
    await using server = await ScriptedServer.start([
      () => messageOf(words("I look."), toolUse("toolu_1", "exec", { code: twoPartProgram })),
      (request) => {
        const cell_id = runningCellOf(resultOf(request, "toolu_1"));
        return messageOf(toolUse("toolu_2", "wait", { cell_id }));
      },
      () => messageOf(words("It rains.")),
    ]);
    await using session = openSession({
      tools: { weather: { execute: async () => "rain in Oslo" } },
    });
    const answer = await answerOf(server, anthropicTools(session));
    expect(answer).toEqual([{ type: "text", text: "It rains." }]);
    const [first, second, third] = server.requests;
    expect(first?.path).toBe("/v1/messages");
    expect(first?.body["tools"]).toEqual([
      {
        name: "exec",
        description: expect.stringContaining("weather(args?: unknown): Promise<unknown>;"),
        input_schema: expect.objectContaining({ type: "object", required: ["code"] }),
      },
      {
        name: "wait",
        description: expect.any(String),
        input_schema: expect.objectContaining({ type: "object", required: ["cell_id"] }),
      },
    ]);
    expect(second && resultOf(second, "toolu_1")).toEqual({
      type: "tool_result",
      tool_use_id: "toolu_1",
      content: expect.stringMatching(/^Script running with cell ID 1\nWall time .*\nbegun$/s),
    });
    expect(third && resultOf(third, "toolu_2")["content"]).toEqual([
      { type: "text", text: expect.stringMatching(/^Script completed\n/) },
      { type: "text", text: "rain in Oslo" },
      { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } },
    ]);
  });

  test("answer several calls in their order, mark errors, and pass over what is not theirs", async () => {
    await using session = openSession();
    const results = await anthropicTools(session).dispatch([
      words("Let me see."),
      toolUse("a", "exec", { code: 'text("first");' }),
      toolUse("b", "search", {}),
      toolUse("c", "exec", { code: 'throw new Error("no");' }),
      toolUse("d", "wait", {}),
      { type: "server_tool_use" },
    ]);
    expect(results).toEqual([
      {
        type: "tool_result",
        tool_use_id: "a",
        content: expect.stringMatching(/^Script completed\n.*first$/s),
      },
      {
        type: "tool_result",
        tool_use_id: "c",
        content: expect.stringMatching(/^Script failed\n.*Error: no\n/s),
        is_error: true,
      },
      {
        type: "tool_result",
        tool_use_id: "d",
        content: expect.stringMatching(/^wait wants `cell_id` as the string that exec gave/),
        is_error: true,
      },
    ]);
  });

  test("terminate the cells of calls whose signal is aborted", async () => {
    await using session = openSession();
    const abort = new AbortController();
    const [result] = await anthropicTools(session).dispatch(
      [toolUse("a", "exec", { code: "for (;;) {}" })],
      { signal: abort.signal, onEvent: (event) => event.type === "started" && abort.abort() },
    );
    expect(result?.content).toMatch(/^Script terminated\n/);
  });

  test("send nothing that the API refuses", async () => {
    await using session = openSession({ remoteImages: true });
    const code = `
      text(" \\n");
      image("data:image/svg+xml;base64,PHN2Zy8+");
      image("data:image/JPG;base64,/9j/");
      image("https://example.com/a.png");
      audio("data:audio/wav;base64,UklGRg==");
    `;
    const [result] = await anthropicTools(session).dispatch([toolUse("a", "exec", { code })]);
    expect(result?.content).toEqual([
      { type: "text", text: expect.stringMatching(/^Script completed\n/) },
      {
        type: "text",
        text: "[image left out: it is image/svg+xml, and must be image/jpeg, image/png, image/gif, image/webp]",
      },
      { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "/9j/" } },
      { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
      { type: "text", text: expect.stringContaining("sound left out") },
    ]);
  });
});

describe("as sources of tools are taken", () => {
  const description = "The weather in a city.";
  const schema = {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
  } as const;
  const rain = ({ city }: { city: string }): string => `rain in ${city}`;

  test.each([
    [
      "what betaTool makes",
      betaTool({ name: "weather", description, inputSchema: schema, run: rain }),
      "the input: must have required property 'city'",
    ],
    [
      "what betaZodTool makes",
      betaZodTool({
        name: "weather",
        description,
        inputSchema: z.object({ city: z.string() }),
        run: rain,
      }),
      "/city: Invalid input: expected string, received undefined",
    ],
  ])("%s", async (_what, tool, fault) => {
    const tools = anthropicToolSource([tool]);
    expect(declareTools(tools)).toContain(
      `/** ${description} */\n  weather(args: { city: string }): Promise<unknown>;`,
    );
    const source = 'text(await tools.weather({ city: "Oslo" }));';
    expect(await runToTexts(source, { tools })).toEqual(["rain in Oslo"]);
    const error = await runToError("await tools.weather({});", { tools });
    expect(error.message).toContain(fault);
  });

  test("tools whose schema transforms their input, once", async () => {
    const echo = betaZodTool({
      name: "echo",
      description: "",
      inputSchema: z.object({ said: z.string().overwrite((said) => `${said}!`) }),
      run: ({ said }) => said,
    });
    const tools = anthropicToolSource([echo]);
    expect(await runToTexts('text(await tools.echo({ said: "ah" }));', { tools })).toEqual(["ah!"]);
  });

  test("tools whose schema fills in what is left out", async () => {
    const inputSchema = z.object({ city: z.string(), days: z.number().default(3) });
    const weather = betaZodTool({
      name: "weather",
      description: "",
      inputSchema,
      run: ({ city, days }) => `${city}, ${days} days`,
    });
    const tools = anthropicToolSource([weather]);
    expect(declareTools(tools)).toContain("days?: number");
    const source = 'text(await tools.weather({ city: "Oslo" }));';
    expect(await runToTexts(source, { tools })).toEqual(["Oslo, 3 days"]);
  });

  test("tools that return blocks, which the helpers take", async () => {
    const photo = betaTool({
      name: "photo",
      description: "",
      inputSchema: { type: "object" },
      run: (_input, context) => [
        { type: "text", text: `${context?.toolUse.name}, aborted: ${context?.signal?.aborted}` },
        { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } },
      ],
    });
    const tools = anthropicToolSource([photo]);
    const source = "content((await tools.photo()).content);";
    expect(await runToTexts(source, { tools })).toEqual(["photo, aborted: false", "image"]);
  });

  test("definitions for the API, with a function that runs them", async () => {
    const tools = anthropicToolSource([{ name: "weather", input_schema: schema }], {
      execute: (name, input) => [name, input],
    });
    const source = 'text(await tools.weather({ city: "Oslo" }));';
    expect(await runToTexts(source, { tools })).toEqual(['["weather",{"city":"Oslo"}]']);
  });

  test("but no definition that cannot be run", () => {
    expect(() => anthropicToolSource([{ name: "weather", input_schema: schema }])).toThrow(
      'The tool "weather" cannot be used: it has no `run`, and there is no `execute` to run it.',
    );
  });

  test.each([[{ execute: "f" }], [{ run: () => 1 }], [null]])(
    "with no such options: %j",
    (options) => {
      const tools = [{ name: "weather", input_schema: schema }];
      expect(() => anthropicToolSource(tools, options as never)).toThrow(
        expect.objectContaining({ code: "ERR_INVALID_OPTION" }),
      );
    },
  );

  test("without an input, which is an empty one, and with blocks that stay as they are", async () => {
    const given: unknown[] = [];
    const look = {
      name: "look",
      defer_loading: true,
      run: (input: unknown, context?: object) => {
        given.push(input, context);
        return [
          { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
          { type: "document", source: { type: "base64", media_type: "text/plain", data: "YQ==" } },
        ];
      },
    };
    const tools = anthropicToolSource([look]);
    expect(tools).toMatchObject([{ name: "look", inputSchema: undefined, deferLoading: true }]);
    const [text] = await runToTexts("text((await tools.look()).content);", { tools });
    expect(JSON.parse(text ?? "")).toEqual(look.run({}));
    const toolUse = { type: "tool_use", id: "1-1", name: "look", input: {} };
    expect(given.slice(0, 2)).toEqual([
      {},
      { toolUse, toolUseBlock: toolUse, signal: expect.any(AbortSignal) },
    ]);
  });
});
