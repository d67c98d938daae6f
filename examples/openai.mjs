// Code mode with OpenAI's SDK. After `npm run build`, with OPENAI_API_KEY: node examples/openai.mjs

import { createCodeMode } from "codecell";
import { openaiTools } from "codecell/openai";
import OpenAI from "openai";

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
const { tools, dispatch } = openaiTools(session);

const client = new OpenAI();
/** @type {any[]} */ // The types of what comes out are not all those of what goes in.
const input = [{ role: "user", content: "How is the weather in Oslo?" }];
for (;;) {
  const response = await client.responses.create({ model: "gpt-5.5", tools, input });
  const outputs = await dispatch(response.output);
  if (outputs.length === 0) {
    console.log(response.output_text);
    break;
  }
  input.push(...response.output, ...outputs);
}

await codeMode.close();
