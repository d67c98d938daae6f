import { describe, expect, test } from "vitest";
import { processorCount } from "../../src/base/processor-count.js";
import { CellSlot } from "../../src/bounds/cell-slot.js";
import { RuntimeSlots } from "../../src/bounds/runtime-slots.js";
import { SessionSlots } from "../../src/bounds/session-slots.js";

/** A session with room for so many cells and no queue, of which one runs. */
function runningCell(cells: number) {
  const limits = { cells, queuedCells: 0 };
  const slots = new SessionSlots(limits, new RuntimeSlots(limits));
  /** Whether one more cell can be started; it then runs. */
  const enter = (): boolean => {
    if (!slots.enter()) return false;
    slots.startOver();
    return true;
  };
  expect(enter()).toBe(true);
  return { slots, enter, slot: new CellSlot(slots) };
}

/** After this, all that could go on has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the slot of a cell that is parked", () => {
  test("is for another, and the cell waits for one again, however full the queue is", async () => {
    const { slots, enter, slot } = runningCell(1);
    slot.park();
    expect(enter()).toBe(true);
    let hasIt = false;
    const again = slot.takeAgain().then(() => {
      hasIt = true;
    });
    await settled();
    expect(hasIt).toBe(false);
    slots.leave();
    await again;
    expect(enter()).toBe(false);
    slot.leave();
    expect(enter()).toBe(true);
  });

  test("is given back once, however often it is said", () => {
    const { enter, slot } = runningCell(1);
    slot.park();
    slot.park();
    expect(enter()).toBe(true);
    expect(enter()).toBe(false);
    slot.leave();
    expect(enter()).toBe(false);
  });

  test("is taken at once where one is free, and its cell counts as started", async () => {
    const { enter, slot } = runningCell(processorCount + 1);
    for (let i = 0; i <= processorCount; i += 1) {
      slot.park();
      await slot.takeAgain();
    }
    for (let i = 0; i < processorCount; i += 1) expect(enter()).toBe(true);
    expect(enter()).toBe(false);
  });

  test("is given back at once where the cell has ended while it waited for one", async () => {
    const { slots, enter, slot } = runningCell(1);
    slot.park();
    expect(enter()).toBe(true);
    const again = slot.takeAgain();
    slot.leave();
    slots.leave();
    await again;
    expect(enter()).toBe(true);
  });

  test("is not taken again after the session was closed", async () => {
    const { slots, enter, slot } = runningCell(1);
    slot.park();
    expect(enter()).toBe(true);
    const again = slot.takeAgain();
    slots.close();
    await again;
    slot.leave();
    expect(enter()).toBe(false);
  });
});

test("a cell that is not parked has its slot already", async () => {
  const { enter, slot } = runningCell(2);
  await slot.takeAgain();
  expect(enter()).toBe(true);
  slot.leave();
  expect(enter()).toBe(true);
});
