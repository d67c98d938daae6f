// A strict program of a user, which is compiled.
import { query, tool } from "@anthropic-ai/claude-agent-sdk";
import { createCodeMode } from "codecell";
import { anthropicToolSource, claudeAgentServer } from "codecell/anthropic";
import { z } from "zod";

const weather = tool(
  "weather",
  "The weather in a city.",
  { city: z.string() },
  async ({ city }) => ({
    content: [{ type: "text", text: `rain in ${city}` }],
  }),
);
const codeMode = createCodeMode({ tools: anthropicToolSource([weather]) });
const codecell = await claudeAgentServer(codeMode.openSession(), { codeOnly: true });
const allowedTools = ["mcp__codecell__exec", "mcp__codecell__wait"];
const options = { mcpServers: { codecell }, allowedTools };
for await (const message of query({ prompt: "How is the weather in Oslo?", options })) {
  if (message.type === "result" && message.subtype === "success") console.log(message.result);
}
await codeMode.close();
