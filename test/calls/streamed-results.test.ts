import { expect, test } from "vitest";
import { Held, openSession, runToError, runToTexts, start } from "../support/cells.js";

test("of a tool that streams the cell gets the last result, and the error it ends with", async () => {
  const tools = {
    count: {
      async *execute() {
        yield 1;
        yield 2;
      },
    },
    fail: {
      // biome-ignore lint/correctness/useYield: it fails first.
      async *execute() {
        throw new Error("no more");
      },
    },
  };
  expect(await runToTexts("text(await tools.count());", { tools })).toEqual(["2"]);
  expect((await runToError("await tools.fail();", { tools })).message).toBe("no more");
});

test("a tool that streams is told to return when its cell ends, and runs its finally", async () => {
  const begun = new Held();
  const left = new Held<number>();
  let given = 0;
  const endless = {
    async *execute() {
      try {
        for (;;) {
          await new Promise((resolve) => setImmediate(resolve));
          given += 1;
          yield given;
          begun.resolve();
        }
      } finally {
        left.resolve(given);
        // biome-ignore lint/correctness/noUnsafeFinally: what goes wrong on the way out concerns no call.
        throw new Error("on the way out");
      }
    },
  };
  await using session = openSession({ tools: { endless } });
  const id = await start(session, "await tools.endless();");
  await begun.promise;
  await session.terminate(id);
  const last = await left.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(given).toBe(last);
});

test("an iterator that cannot return is asked for no more results when its cell ends", async () => {
  const asked = new Held();
  let questions = 0;
  const answers: Held<IteratorResult<number>>[] = [];
  const endless = {
    execute: () => ({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          questions += 1;
          const answer = new Held<IteratorResult<number>>();
          answers.push(answer);
          asked.resolve();
          return answer.promise;
        },
      }),
    }),
  };
  await using session = openSession({ tools: { endless } });
  const id = await start(session, "await tools.endless();");
  await asked.promise;
  await session.terminate(id);
  answers[0]?.resolve({ done: false, value: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  expect(questions).toBe(1);
});
