// A refund that waits for a person, while no process runs. Run it twice, the second time with ANSWER=approve.
import { createCodeMode } from "codecell";
import { sqliteStore } from "codecell/sqlite";

const store = sqliteStore(process.env.STORE ?? "cells.db");
const codeMode = createCodeMode({
  durability: { store },
  tools: { refund: { approval: "ask", execute: ({ id }) => `refunded ${id}` } },
});
const session = codeMode.openSession({ id: "conversation-42" });

const [asked] = await codeMode.approvals({ sessionId: session.id });
if (asked === undefined) {
  const source = `text(await tools.refund({ id: "A-1" }));`;
  const { cellId } = await session.exec(source, { yieldAfterMs: 100 });
  let questions = await codeMode.approvals({ cellId });
  while (questions.length === 0) {
    await session.wait(cellId, { yieldAfterMs: 100 });
    questions = await codeMode.approvals({ cellId });
  }
  for (const { tool, input } of questions) {
    console.log(`May ${tool} be called with ${JSON.stringify(input)}?`);
  }
} else {
  const verdict = process.env.ANSWER === "approve" ? "approve" : "deny";
  await codeMode.decide(asked.approvalId, { verdict, by: "ann@example.com", note: "I saw it" });
  const outcome = await session.wait(asked.cellId, { yieldAfterMs: Infinity });
  if (outcome.status === "failed") console.log(outcome.error.message);
  if (outcome.status !== "completed") throw new Error("The refund was not made.");
  for (const item of outcome.output) if (item.type === "text") console.log(item.text);
}

await codeMode.close();
await store.close();
