import { describe, expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";
import { endlessJournal } from "../support/endless-journal.js";
import { ScriptedCells } from "../support/scripted-cells.js";
import { Place } from "../support/store-place.js";

const approve = { verdict: "approve" } as const;
// As a program in JavaScript may call it.
const notText = 5 as unknown as string;

test("a runtime whose backend makes none ahead has no isolates that wait, and is closed once", async () => {
  const runtime = new ScriptedCells().runtime();
  expect(runtime.stats().isolates).toEqual({ ready: 0, starting: 0, orphaned: 0 });
  expect(runtime.close()).toBe(runtime.close());
  await runtime.close();
});

test("a runtime is closed when its replays are over", async () => {
  const codeMode = createCodeMode();
  let isOver = false;
  codeMode.replay(await endlessJournal()).catch(() => {
    isOver = true;
  });
  await codeMode.close();
  expect(isOver).toBe(true);
});

describe("what only a store can answer", () => {
  test.each([
    ["approvals", (codeMode: ReturnType<typeof createCodeMode>) => codeMode.approvals()],
    ["decide", (codeMode) => codeMode.decide("id", approve)],
    ["revert", (codeMode) => codeMode.revert("id")],
  ])("is refused without one: %s", async (method, ask) => {
    await using codeMode = createCodeMode();
    await expect(ask(codeMode)).rejects.toMatchObject({
      code: "ERR_INVALID_OPTION",
      message: expect.stringMatching(`^${method} needs a store`),
    });
    await expect(codeMode.journal("id")).rejects.toMatchObject({ code: "ERR_INVALID_OPTION" });
  });

  test("is refused where it is asked of nothing that there is", async () => {
    const place = new Place();
    const codeMode = await place.open();
    const refused = { code: "ERR_INVALID_OPTION" };
    await expect(codeMode.journal("id")).rejects.toMatchObject(refused);
    await expect(codeMode.journal(notText)).rejects.toMatchObject(refused);
    await expect(codeMode.revert(notText)).rejects.toMatchObject(refused);
    await expect(codeMode.decide(notText, approve)).rejects.toMatchObject(refused);
    await expect(codeMode.approvals({ after: "id" })).rejects.toMatchObject(refused);
    await expect(codeMode.approvals({ limit: 0 })).rejects.toMatchObject(refused);
    expect(await codeMode.approvals()).toEqual([]);
    await place.close();
  });
});
