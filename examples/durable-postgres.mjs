// An order that is charged once, whichever process is asked. Kill it when it says "charging", and run it again.
import { createCodeMode } from "codecell";
import { postgresStore } from "codecell/postgres";

const store = postgresStore(process.env.DATABASE_URL ?? "postgres://localhost/postgres");
const codeMode = createCodeMode({
  durability: { store },
  tools: {
    charge: {
      onLost: "retry",
      execute: ({ order }, { idempotencyKey }) => {
        console.log(`charging ${order}, ${idempotencyKey}`);
        return `charged ${order}`;
      },
    },
  },
});
const session = codeMode.openSession({ id: "conversation-42" });

const source = `
  text(await tools.charge({ order: "B-7" }));
  await new Promise((done) => setTimeout(done, 2_000));
  text("The customer was told.");
`;
// The same request is the same cell, also in another process and on another machine.
const first = await session.exec(source, { requestId: "order B-7" });
let outcome = first.status === "yielded" ? await session.wait(first.cellId) : first;
while (outcome.status === "yielded") outcome = await session.wait(outcome.cellId);
if (outcome.status !== "completed") throw new Error(`The cell is ${outcome.status}.`);
for (const item of outcome.output) if (item.type === "text") console.log(item.text);

await codeMode.close();
await store.close();
