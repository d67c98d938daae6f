import OpenAI from "openai";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import type { ResponseInput } from "openai/resources/responses/responses";
import { describe, expect, test } from "vitest";
import { openaiChatTools, openaiTools } from "../../../src/openai.js";
import { openSession } from "../../support/cells.js";
import {
  chatCall,
  chatResultOf,
  completionOf,
  completionStreamOf,
} from "../../support/chat-wire.js";
import {
  customCall,
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
  type ScriptedStep,
  twoPartProgram,
} from "../../support/scripted-server.js";

const weather = { weather: { execute: () => "rain in Oslo" } };

function clientOf(server: ScriptedServer): OpenAI {
  return new OpenAI({ baseURL: `${server.origin}/v1`, apiKey: "none", maxRetries: 0 });
}

describe.each([
  ["whole", false],
  ["streamed", true],
])("the SDK of OpenAI, with %s answers,", (_how, stream) => {
  test("takes a model of the Responses API through exec, wait and the answer", async () => {
    const answer = stream ? streamOf : responseOf;
    const steps: readonly ScriptedStep[] = [
      () => answer(customCall("a", "exec", twoPartProgram)),
      (request) => {
        const cell_id = runningCellOf(outputOf(request, "a"));
        return answer(functionCall("b", "wait", { cell_id }));
      },
      () => answer(message("It rains.")),
    ];
    await using server = await ScriptedServer.start(steps);
    await using session = openSession({ tools: weather });
    const { tools, dispatch } = openaiTools(session);
    const { responses } = clientOf(server);
    const input: ResponseInput = [{ role: "user", content: "Rain in Oslo?" }];
    for (;;) {
      const request = { model: "gpt-5.5", tools, input };
      const { output } = stream
        ? await responses.stream(request).finalResponse()
        : await responses.create(request);
      const outputs = await dispatch(output);
      if (outputs.length === 0) {
        expect(output).toMatchObject([{ content: [{ type: "output_text", text: "It rains." }] }]);
        break;
      }
      input.push(...(output as ResponseInput), ...outputs);
    }
    const third = server.requests[2];
    expect(third?.body["stream"]).toBe(stream ? true : undefined);
    expect(third && outputOf(third, "b")).toMatchObject([
      { type: "input_text", text: expect.stringMatching(/^Script completed\n/) },
      { type: "input_text", text: "rain in Oslo" },
      { type: "input_image", image_url: `data:image/png;base64,${pixel}` },
    ]);
  });

  test("takes a model of the Chat Completions API through exec, wait and the answer", async () => {
    const answer = stream ? completionStreamOf : completionOf;
    const steps: readonly ScriptedStep[] = [
      () => answer({ tool_calls: [chatCall("a", "exec", { code: twoPartProgram })] }),
      (request: ModelRequest) => {
        const cell_id = runningCellOf(chatResultOf(request, "a"));
        return answer({ tool_calls: [chatCall("b", "wait", { cell_id })] });
      },
      () => answer({ content: "It rains." }),
    ];
    await using server = await ScriptedServer.start(steps);
    await using session = openSession({ tools: weather });
    const { tools, dispatch } = openaiChatTools(session);
    const { completions } = clientOf(server).chat;
    const messages: ChatCompletionMessageParam[] = [{ role: "user", content: "Rain in Oslo?" }];
    for (;;) {
      const request = { model: "gpt-5.5", tools, messages };
      const said = stream
        ? await completions.stream(request).finalMessage()
        : (await completions.create(request)).choices[0]?.message;
      const answers = await dispatch(said ?? {});
      if (said === undefined || answers.length === 0) {
        expect(said?.content).toBe("It rains.");
        break;
      }
      messages.push(said, ...answers);
    }
    const third = server.requests[2];
    expect(third?.body["stream"]).toBe(stream ? true : undefined);
    expect(third && chatResultOf(third, "b")).toMatch(/^Script completed\n.*rain in Oslo\n/s);
    expect(JSON.stringify(third?.body["messages"])).toContain(`data:image/png;base64,${pixel}`);
  });
});
