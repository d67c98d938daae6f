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

const lastParts = () => {
  const { content } = messages.at(-1);
  return Array.isArray(content) ? content : [];
};

const asked = lastParts().filter(({ type }) => type === "tool-approval-request");
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

const parts = lastParts();
for (const { type, toolCallId } of parts) {
  if (type !== "tool-approval-request") continue;
  const { input } = parts.find(
    (part) => part.type === "tool-call" && part.toolCallId === toolCallId,
  );
  const { approval } = input;
  console.log(`May ${approval.tool} be called with ${JSON.stringify(approval.input)}?`);
}
if (text !== "") console.log(text);
await codeMode.close();
await store.close();
