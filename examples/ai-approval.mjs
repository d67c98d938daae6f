// A refund to which a person must agree, asked with the AI SDK's own requests. Run it twice, also if the first process
// was killed, the second time with ANSWER=approve.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { openai } from "@ai-sdk/openai";
import { generateText, isStepCount } from "ai";
import { createCodeMode } from "codecell";
import { aiTools } from "codecell/ai";
import { sqliteStore } from "codecell/sqlite";

const store = sqliteStore(process.env.STORE ?? "cells.db");
const codeMode = createCodeMode({
  durability: { store },
  tools: { refund: { approval: "ask", execute: ({ id }) => `refunded ${id}` } },
});
const session = codeMode.openSession({ id: "conversation-42" });
const tools = aiTools(session, { codeOnly: true, sdkApproval: true });

// Where you keep a conversation: here in a file.
const file = process.env.MESSAGES ?? "messages.json";
const messages = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : [{ role: "user", content: "Refund my order A-1." }];

const asked = requestsIn(messages.at(-1));
if (asked.length > 0) {
  const approved = process.env.ANSWER === "approve";
  const content = asked.map(({ approvalId }) => ({
    type: "tool-approval-response",
    approvalId,
    approved,
  }));
  messages.push({ role: "tool", content });
}
const { text, responseMessages } = await generateText({
  model: openai("gpt-5.5"),
  tools,
  stopWhen: isStepCount(20),
  messages,
});
messages.push(...responseMessages);
writeFileSync(file, JSON.stringify(messages));

for (const { input } of requestsIn(messages.at(-1))) {
  const { approval } = input;
  console.log(`May ${approval.tool} be called with ${JSON.stringify(approval.input)}?`);
}
if (text !== "") console.log(text);
await codeMode.close();
await store.close();

/** The requests for approval that nobody has answered, with the input of their calls. */
function requestsIn({ role, content }) {
  if (role !== "assistant" || typeof content === "string") return [];
  return content
    .filter(({ type }) => type === "tool-approval-request")
    .map((request) => ({
      ...content.find(({ type, toolCallId }) => {
        return type === "tool-call" && toolCallId === request.toolCallId;
      }),
      ...request,
    }));
}
