// A refund that is made once, though its process is killed. Kill it when it says "refunding", and run it again.
import { createCodeMode } from "codecell";
import { sqliteStore } from "codecell/sqlite";

const store = sqliteStore(process.env.STORE ?? "cells.db");
const codeMode = createCodeMode({
  durability: { store },
  tools: {
    find_order: { effect: "read", execute: ({ id }) => ({ id, total: 40 }) },
    refund: {
      // The bank does one thing for one key: to ask it again does no harm.
      onLost: "retry",
      execute: ({ id }, { idempotencyKey }) => {
        console.log(`refunding ${id}, ${idempotencyKey}`);
        return `refunded ${id}`;
      },
    },
  },
});
const session = codeMode.openSession({ id: "conversation-42" });

const [open] = await store.cells({ sessionId: session.id, state: "open" });
let outcome =
  open === undefined
    ? await session.exec(`
        const order = await tools.find_order({ id: "A-1" });
        text(await tools.refund({ id: order.id }));
        await new Promise((done) => setTimeout(done, 2_000));
        text("The customer was told.");
      `)
    : await session.wait(open.cellId);
while (outcome.status === "yielded") outcome = await session.wait(outcome.cellId);
if (outcome.status === "missing") throw new Error(`There is no cell ${outcome.cellId}.`);
for (const item of outcome.output) if (item.type === "text") console.log(item.text);

await codeMode.close();
await store.close();
