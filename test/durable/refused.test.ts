import { expect, test } from "vitest";
import { hostHeapBytes } from "../../src/backend/addon/host-heap.js";
import { resolveLimits } from "../../src/options/limits.js";
import { defaultSettings } from "../../src/options/settings.js";
import { CodeMode } from "../../src/session/code-mode.js";
import { sqliteStore } from "../../src/sqlite.js";
import { ScriptedCells } from "../support/scripted-cells.js";
import { Place } from "../support/store-place.js";

test("a durable cell that cannot be started is refused once, and nothing of it is in the store", async () => {
  const heapBytes = hostHeapBytes();
  const backend = new ScriptedCells();
  const store = sqliteStore(new Place().file);
  const codeMode = new CodeMode({
    backend,
    settings: defaultSettings,
    limits: resolveLimits({}, { scope: "runtime", hostHeapBytes: heapBytes }),
    hostHeapBytes: heapBytes,
    durability: { store, retainMs: Infinity, retainOpenMs: Infinity, parkAfterMs: Infinity },
  });
  const session = codeMode.openSession({ id: "s" });
  const exec = session.exec("");
  await backend.started.promise;
  backend.last.say({
    type: "refused",
    refusal: { code: "ERR_THREAD_START", message: "no thread" },
  });
  await expect(exec).rejects.toMatchObject({ code: "ERR_THREAD_START", message: "no thread" });
  expect(codeMode.stats().cells).toMatchObject({ refused: 1, running: 0, yielded: 0 });
  await codeMode.close();
  expect(await store.cells()).toEqual([]);
  await store.close();
});
