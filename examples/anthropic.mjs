// Code mode with Anthropic's SDK. After `npm run build`, with ANTHROPIC_API_KEY:
//
//   node examples/anthropic.mjs

import Anthropic from "@anthropic-ai/sdk";
import { createCodeMode } from "codecell";
import { anthropicTools } from "codecell/anthropic";

const codeMode = createCodeMode({
  tools: {
    weather: {
      description: "The weather in a city.",
      inputSchema: {
        type: "object",
        properties: { city: { type: "string" } },
        required: ["city"],
      },
      outputSchema: { type: "string" },
      execute: async ({ city }) => `rain in ${city}`,
    },
  },
});
const session = codeMode.openSession(); // one for each conversation
const { tools, dispatch } = anthropicTools(session);

const client = new Anthropic();
const request = { model: "claude-opus-4-8", max_tokens: 16_000, tools };
/** @type {Anthropic.MessageParam[]} */
const messages = [{ role: "user", content: "How is the weather in Oslo?" }];
for (;;) {
  const { role, content } = await client.messages.create({ ...request, messages });
  messages.push({ role, content });
  const results = await dispatch(content);
  if (results.length === 0) {
    console.log(content.map((block) => (block.type === "text" ? block.text : "")).join(""));
    break;
  }
  messages.push({ role: "user", content: results });
}

await codeMode.close();
