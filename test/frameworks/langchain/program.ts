// Code mode with LangChain, with OPENAI_API_KEY.

import { ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { createCodeMode } from "codecell";
import { langchainToolSource, langchainTools } from "codecell/langchain";
import { z } from "zod";

const weather = tool(async ({ city }) => `rain in ${city}`, {
  name: "weather",
  description: "The weather in a city.",
  schema: z.object({ city: z.string() }),
});

const codeMode = createCodeMode({ tools: langchainToolSource([weather]) });
const session = codeMode.openSession(); // one for each conversation

const agent = createReactAgent({
  llm: new ChatOpenAI({ model: "gpt-5.5", useResponsesApi: true }),
  tools: langchainTools(session, { tool, ToolMessage }, { codeOnly: true }),
});
const { messages } = await agent.invoke({
  messages: [{ role: "user", content: "How is the weather in Oslo?" }],
});

console.log(messages.at(-1)?.text);
await codeMode.close();
