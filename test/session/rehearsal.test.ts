import { expect, test } from "vitest";
import { getBinding } from "../../src/backend/addon/binding.js";
import { ThreadBackend } from "../../src/backend/thread/thread-backend.js";
import { rehearseExec } from "../../src/session/rehearsal.js";

const heapBytes = 256 * 1024 * 1024;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a rehearsed exec completes, without a thread", async () => {
  const outcome = await rehearseExec(heapBytes);
  expect(outcome).toMatchObject({ status: "completed", output: [{ type: "text", text: "" }] });
  expect(getBinding().threadCount()).toBe(0);
});

test("a backend is idle once in a process: when its first isolate is ready", async () => {
  let idleCount = 0;
  const first = await new Promise<ThreadBackend>((resolve) => {
    const backend = new ThreadBackend({
      maxOrphans: 1,
      prewarm: 1,
      heapBytes,
      onIdle: () => {
        idleCount += 1;
        resolve(backend);
      },
    });
  });
  await first.close();

  let isReady = false;
  const second = new ThreadBackend({
    maxOrphans: 1,
    prewarm: 2,
    heapBytes,
    onIdle: () => {
      idleCount += 1;
    },
  });
  // They are made one after the other, so the first is ready when the second is there.
  while (!isReady) {
    await nextTurn();
    isReady = getBinding().spareCount() === 2;
  }
  await nextTurn();
  await second.close();
  expect(idleCount).toBe(1);
});
