// A strict program of a user, which is compiled with each version.
import { generateText, type LanguageModel, streamText, type ToolSet, tool } from "ai";
import { createCodeMode } from "codecell";
import { aiToolSource, aiTools } from "codecell/ai";
import { z } from "zod";

declare const model: LanguageModel;

const tools = {
  weather: tool({
    description: "The weather in a city.",
    inputSchema: z.object({ city: z.string(), days: z.number().default(1) }),
    execute: async ({ city, days }) => `rain in ${city} for ${days} days`,
  }),
};

const codeMode = createCodeMode({
  tools: aiToolSource(tools, { toolApproval: { weather: "user-approval" } }),
  onApproval: ({ tool: name, input }) => name === "weather" && input !== undefined,
});
const session = codeMode.openSession();
const codeTools = aiTools(session, { codeOnly: true, media: false, abort: "cell" });

const all: ToolSet = { ...codeTools, ...tools };
const { text } = await generateText({ model, tools: codeTools, prompt: "How is the weather?" });
const streamed = streamText({ model, tools: all, prompt: text });
for await (const piece of streamed.textStream) piece.trim();
await codeMode.close();
