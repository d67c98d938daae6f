import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { describe, expect, test } from "vitest";
import {
  anthropicRunnerTools,
  anthropicToolSource,
  anthropicTools,
} from "../../../src/anthropic.js";
import { openSession } from "../../support/cells.js";
import {
  messageOf,
  messageStreamOf,
  resultOf,
  toolUse,
  words,
} from "../../support/messages-wire.js";
import {
  pixel,
  runningCellOf,
  ScriptedServer,
  type ScriptedStep,
  twoPartProgram,
} from "../../support/scripted-server.js";

const weather = betaTool({
  name: "weather",
  description: "The weather in a city.",
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  run: ({ city }) => `rain in ${city}`,
});
const tools = anthropicToolSource([weather]);
const model = "claude-opus-4-8";
const question = { role: "user" as const, content: "Rain in Oslo?" };

function clientOf(server: ScriptedServer): Anthropic {
  return new Anthropic({ baseURL: server.origin, apiKey: "none", maxRetries: 0 });
}

describe.each([
  ["whole", false],
  ["streamed", true],
])("the SDK of Anthropic, with %s answers,", (_how, stream) => {
  const answer = stream ? messageStreamOf : messageOf;
  const steps: readonly ScriptedStep[] = [
    () =>
      answer(
        toolUse("a", "exec", { code: twoPartProgram }),
        toolUse("fails", "exec", { code: 'throw new Error("no");' }),
      ),
    (request) => answer(toolUse("b", "wait", { cell_id: runningCellOf(resultOf(request, "a")) })),
    () => answer(words("It rains.")),
  ];

  function expectResults({ requests: [, second, third] }: ScriptedServer): void {
    expect(third?.body["stream"] ?? false).toBe(stream);
    expect(second && resultOf(second, "fails")).toMatchObject({ is_error: true });
    expect(third && resultOf(third, "b")["content"]).toEqual([
      { type: "text", text: expect.stringMatching(/^Script completed\n/) },
      { type: "text", text: "rain in Oslo" },
      { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } },
    ]);
  }

  test("takes a model through exec, wait and its answer", async () => {
    await using server = await ScriptedServer.start(steps);
    await using session = openSession({ tools });
    const { tools: definitions, dispatch } = anthropicTools(session);
    const { messages } = clientOf(server);
    const said: Anthropic.MessageParam[] = [question];
    for (;;) {
      const request = { model, max_tokens: 1000, tools: definitions, messages: said };
      const { role, content } = stream
        ? await messages.stream(request).finalMessage()
        : await messages.create(request);
      const results = await dispatch(content);
      if (results.length === 0) {
        expect(content).toMatchObject([{ type: "text", text: "It rains." }]);
        break;
      }
      said.push({ role, content }, { role: "user", content: results });
    }
    expectResults(server);
  });

  test("takes its tool runner through exec, wait and the answer", async () => {
    await using server = await ScriptedServer.start(steps);
    await using session = openSession({ tools });
    const runner = clientOf(server).beta.messages.toolRunner({
      model,
      max_tokens: 1000,
      tools: anthropicRunnerTools(session),
      messages: [question],
      stream,
    });
    const { content } = await runner;
    expect(content).toMatchObject([{ type: "text", text: "It rains." }]);
    expectResults(server);
  });
});
