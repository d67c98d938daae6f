// Code mode in the AI SDK. After `npm run build`, with OPENAI_API_KEY: node examples/ai-sdk.mjs

import { openai } from "@ai-sdk/openai";
import { generateText, isStepCount, tool } from "ai";
import { createCodeMode } from "codecell";
import { aiToolSource, aiTools } from "codecell/ai";
import { z } from "zod";

const tools = {
  weather: tool({
    description: "The weather in a city.",
    inputSchema: z.object({ city: z.string() }),
    outputSchema: z.string(),
    execute: async ({ city }) => `rain in ${city}`,
  }),
};

const codeMode = createCodeMode({ tools: aiToolSource(tools) });
const session = codeMode.openSession(); // one for each conversation

const { text } = await generateText({
  model: openai("gpt-5.5"),
  tools: aiTools(session, { codeOnly: true }),
  stopWhen: isStepCount(20),
  prompt: "How is the weather in Oslo?",
});

console.log(text);
await codeMode.close();
