import { createOpenAI } from "@ai-sdk/openai";
import { Agent as PiAgent } from "@earendil-works/pi-agent-core";
import { createModels } from "@earendil-works/pi-ai";
import { anthropicProvider } from "@earendil-works/pi-ai/providers/anthropic";
import { tool as llamaindexTool } from "@llamaindex/core/tools";
import { OpenAI as LlamaindexOpenAI } from "@llamaindex/openai";
import { agent as llamaindexAgent } from "@llamaindex/workflow";
import { Agent as MastraAgent } from "@mastra/core/agent";
import { RequestContext } from "@mastra/core/request-context";
import { createTool } from "@mastra/core/tools";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openSession, runToTexts } from "../../support/cells.js";
import {
  chatCall,
  chatResultOf,
  completionOf,
  completionStreamOf,
} from "../../support/chat-wire.js";
import { messageStreamOf, resultOf, toolUse, words } from "../../support/messages-wire.js";
import {
  functionCall,
  message,
  outputOf,
  responseOf,
  streamOf,
} from "../../support/responses-wire.js";
import {
  type ModelRequest,
  pixel,
  runningCellOf,
  ScriptedServer,
  twoPartProgram,
} from "../../support/scripted-server.js";
import { fromLlamaindex, llamaindexTools } from "./llamaindex.js";
import { fromMastra, mastraTools } from "./mastra.js";
import { fromPi, piTools } from "./pi.js";

const prompt = "How is the weather in Oslo?";

describe("Mastra", () => {
  const answer = (request: ModelRequest, item: object): object =>
    request.body["stream"] === true ? streamOf(item) : responseOf(item);

  test("goes through exec, wait and the answer, with the request context and images", async () => {
    const who = createTool({
      id: "weather",
      description: "The weather.",
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }, { requestContext }) =>
        `rain in ${city} for ${requestContext?.get("user" as never)}`,
    });
    await using session = openSession({ tools: fromMastra([who]) });
    await using server = await ScriptedServer.start([
      (request) => answer(request, functionCall("call_1", "exec", { code: twoPartProgram })),
      (request) => {
        const cell_id = runningCellOf(outputOf(request, "call_1"));
        return answer(request, functionCall("call_2", "wait", { cell_id }));
      },
      (request) => answer(request, message("It rains.")),
    ]);
    const provider = createOpenAI({ baseURL: `${server.origin}/v1`, apiKey: "none" });
    const agent = new MastraAgent({
      id: "weather",
      name: "weather",
      instructions: "Help.",
      model: provider.responses("gpt-5.5") as never,
      tools: mastraTools(session) as never,
    });
    const requestContext = new RequestContext();
    requestContext.set("user", "Ada");
    const { text } = await agent.generate(prompt, { requestContext, maxSteps: 5 });
    expect(text).toBe("It rains.");
    const [, , third] = server.requests;
    const shown = JSON.stringify(third && outputOf(third, "call_2"));
    expect(shown).toContain("rain in Oslo for Ada");
    expect(shown).toContain(pixel);
  });

  test("has calls of its tools approved, if they want that", async () => {
    const asked: string[] = [];
    const drop = createTool({
      id: "drop",
      description: "",
      inputSchema: z.object({ name: z.string() }),
      requireApproval: true,
      execute: async ({ name }) => `${name} is gone`,
    });
    const onApproval = ({ tool }: { readonly tool: string }) => {
      asked.push(tool);
      return true;
    };
    const source = 'text(await tools.drop({ name: "it" }));';
    expect(await runToTexts(source, { tools: fromMastra([drop]), onApproval } as never)).toEqual([
      "it is gone",
    ]);
    expect(asked).toEqual(["drop"]);
  });
});

test("pi goes through exec, wait and the answer, images included", async () => {
  const own = {
    name: "weather",
    label: "Weather",
    description: "The weather.",
    parameters: z.toJSONSchema(z.object({ city: z.string() })),
    execute: async (_id: string, { city }: { city: string }) => ({
      content: [{ type: "text" as const, text: `rain in ${city}` }],
      details: undefined,
      structuredContent: `rain in ${city}`,
    }),
  };
  await using session = openSession({ tools: fromPi([own as never]) });
  await using server = await ScriptedServer.start([
    () => messageStreamOf(toolUse("toolu_1", "exec", { code: twoPartProgram })),
    (request) => {
      const cell_id = runningCellOf(resultOf(request, "toolu_1"));
      return messageStreamOf(toolUse("toolu_2", "wait", { cell_id }));
    },
    () => messageStreamOf(words("It rains.")),
  ]);
  const models = createModels();
  models.setProvider(anthropicProvider());
  const known = models.getModel("anthropic", "claude-sonnet-4-6");
  if (known === undefined) throw new Error("The model is unknown.");
  const agent = new PiAgent({
    initialState: { model: { ...known, baseUrl: server.origin }, tools: piTools(session) },
    streamFn: models.streamSimple.bind(models),
    getApiKey: () => "none",
  });
  await agent.prompt(prompt);
  expect(JSON.stringify(agent.state.messages.at(-1))).toContain("It rains.");
  const [, , third] = server.requests;
  const shown = JSON.stringify(third && resultOf(third, "toolu_2"));
  expect(shown).toContain("rain in Oslo");
  expect(shown).toContain(pixel);
});

test("LlamaIndex goes through exec, wait and the answer, with texts for images", async () => {
  const own = llamaindexTool({
    name: "weather",
    description: "The weather.",
    parameters: z.object({ city: z.string() }),
    execute: ({ city }) => `rain in ${city}`,
  });
  await using session = openSession({ tools: fromLlamaindex([own as never]) });
  const answer = ({ body }: ModelRequest, item: object): object =>
    body["stream"] === true ? completionStreamOf(item) : completionOf(item);
  await using server = await ScriptedServer.start([
    (request) =>
      answer(request, { tool_calls: [chatCall("call_1", "exec", { code: twoPartProgram })] }),
    (request) => {
      const cell_id = runningCellOf(chatResultOf(request, "call_1"));
      return answer(request, { tool_calls: [chatCall("call_2", "wait", { cell_id })] });
    },
    (request) => answer(request, { content: "It rains." }),
  ]);
  const llm = new LlamaindexOpenAI({
    model: "gpt-4.1",
    apiKey: "none",
    baseURL: `${server.origin}/v1`,
    maxRetries: 0,
  });
  const { data } = await llamaindexAgent({ llm, tools: llamaindexTools(session) }).run(prompt);
  expect(JSON.stringify(data)).toContain("It rains.");
  const [, , third] = server.requests;
  const shown = third === undefined ? "" : chatResultOf(third, "call_2");
  expect(shown).toContain("rain in Oslo");
  expect(shown).toContain("image left out");
});
