import { expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";

const MiB = 1024 * 1024;

/** Holds the host's thread, so that what cells send meanwhile waits for it. */
function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
}

test("one turn of the host's loop takes 16 MiB, however much many cells have sent", async () => {
  const cells = 4;
  const items = 10;
  let inTurn = 0;
  const turns: number[] = [];
  await using codeMode = createCodeMode({
    limits: { outputBytes: 64 * MiB, unseenBytes: 512 * MiB },
    onEvent: (event) => {
      if (event.type === "output" && event.item.type === "text") inTurn += event.item.text.length;
    },
  });
  const source = `const part = "x".repeat(${MiB}); for (let i = 0; i < ${items}; i += 1) text(part);`;
  const ends = Array.from({ length: cells }, () =>
    codeMode.openSession().exec(source, { yieldAfterMs: Infinity }),
  );
  standStill();
  let isOver = false;
  const over = Promise.all(ends).then((outcomes) => {
    isOver = true;
    return outcomes;
  });
  while (!isOver) {
    await new Promise(setImmediate);
    turns.push(inTurn);
    inTurn = 0;
  }
  expect((await over).map(({ status }) => status)).toEqual(ends.map(() => "completed"));
  expect(turns.reduce((sum, bytes) => sum + bytes, inTurn)).toBe(cells * items * MiB);
  expect(Math.max(...turns)).toBeLessThanOrEqual(17 * MiB);
});

test("a cell may send more than its queue holds at once", async () => {
  await using codeMode = createCodeMode({
    limits: { outputBytes: 64 * MiB, unseenBytes: 512 * MiB },
  });
  const source = `const part = "x".repeat(${MiB}); for (let i = 0; i < 24; i += 1) text(part);`;
  const { status, output } = await codeMode.openSession().exec(source, { yieldAfterMs: Infinity });
  expect({ status, items: output.length }).toEqual({ status: "completed", items: 24 });
});

test("cells that send without end do not keep another from being heard", async () => {
  await using codeMode = createCodeMode({
    limits: { outputItems: 1e9, outputBytes: 1e9, unseenBytes: 1e9 },
  });
  const busy = Array.from({ length: 3 }, () => codeMode.openSession());
  const ends = busy.map((session) => session.exec('for (;;) text("x")', { yieldAfterMs: 0 }));
  await Promise.all(ends);
  const { output } = await codeMode.openSession().exec('text("heard")');
  expect(output).toMatchObject([{ text: "heard" }]);
});
