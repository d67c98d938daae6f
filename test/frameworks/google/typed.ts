// The rest of what is typed for users, which is compiled with each version.
import { GoogleGenAI, Type } from "@google/genai";
import { createCodeMode } from "codecell";
import { googleToolSource, googleTools } from "codecell/google";

const weather = {
  name: "weather",
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } } },
};
const codeMode = createCodeMode({
  tools: await googleToolSource([{ functionDeclarations: [weather] }], {
    execute: async (name, input) => [name, input],
  }),
});
const { callable } = googleTools(codeMode.openSession(), { codeOnly: true, media: false });
await new GoogleGenAI({}).models.generateContent({
  model: "gemini-3-pro",
  contents: "How is the weather?",
  config: { tools: [callable] },
});
await codeMode.close();
