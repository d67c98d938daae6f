import { Agent, OpenAIResponsesModel, type RunContext, Runner, tool } from "@openai/agents";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openaiAgentTools, openaiToolSource } from "../../../src/openai.js";
import { openSession } from "../../support/cells.js";
import {
  functionCall,
  message,
  outputOf,
  responseOf,
  streamOf,
} from "../../support/responses-wire.js";
import {
  pixel,
  runningCellOf,
  ScriptedServer,
  twoPartProgram,
} from "../../support/scripted-server.js";

interface User {
  readonly user: string;
}

const weather = tool({
  name: "weather",
  description: "The weather in a city.",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }, run?: RunContext<User>) => `rain in ${city} for ${run?.context.user}`,
});

describe.each([
  ["whole", false],
  ["streamed", true],
])("the Agents SDK, with %s answers,", (_how, stream) => {
  test("takes an agent through exec, wait and its answer, with the run's context and an image", async () => {
    const answer = stream ? streamOf : responseOf;
    await using server = await ScriptedServer.start([
      () => answer(functionCall("a", "exec", { code: twoPartProgram })),
      (request) => {
        const cell_id = runningCellOf(outputOf(request, "a"));
        return answer(functionCall("b", "wait", { cell_id }));
      },
      () => answer(message("It rains.")),
    ]);
    await using session = openSession({ tools: openaiToolSource([weather]) });
    const client = new OpenAI({ baseURL: `${server.origin}/v1`, apiKey: "none", maxRetries: 0 });
    const model = new OpenAIResponsesModel(client, "gpt-5.5");
    const agent = new Agent<User>({ name: "coder", model, tools: openaiAgentTools(session) });
    const runner = new Runner({ tracingDisabled: true });
    const context = { user: "Ada" };
    if (stream) {
      const result = await runner.run(agent, "Rain in Oslo?", { context, stream: true });
      await result.completed;
      expect(result.finalOutput).toBe("It rains.");
    } else {
      const result = await runner.run(agent, "Rain in Oslo?", { context });
      expect(result.finalOutput).toBe("It rains.");
    }
    const third = server.requests[2];
    const output = JSON.stringify(third && outputOf(third, "b"));
    expect(output).toContain("Script completed");
    expect(output).toContain("rain in Oslo for Ada");
    expect(output).toContain(pixel);
  });
});
