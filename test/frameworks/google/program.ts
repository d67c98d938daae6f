// Code mode with @google/genai, with GEMINI_API_KEY.

import { type Content, GoogleGenAI } from "@google/genai";
import { createCodeMode } from "codecell";
import { googleTools } from "codecell/google";

const codeMode = createCodeMode({
  tools: {
    weather: {
      description: "The weather in a city.",
      inputSchema: { type: "object", properties: { city: { type: "string" } } },
      execute: async ({ city }: { city: string }) => `rain in ${city}`,
    },
  },
});
const session = codeMode.openSession(); // one for each conversation
const { tools, dispatch } = googleTools(session);

const { models } = new GoogleGenAI({});
const contents: Content[] = [{ role: "user", parts: [{ text: "How is the weather in Oslo?" }] }];
for (;;) {
  const response = await models.generateContent({
    model: "gemini-3-pro",
    contents,
    config: { tools },
  });
  const parts = await dispatch(response.functionCalls);
  if (parts.length === 0) {
    console.log(response.text);
    break;
  }
  const [candidate] = response.candidates ?? [];
  if (candidate?.content) contents.push(candidate.content);
  contents.push({ role: "user", parts });
}

await codeMode.close();
