import { expect, test } from "vitest";
import { getBinding } from "../../src/backend/addon/binding.js";
import { ThreadBackend } from "../../src/backend/thread/thread-backend.js";
import { ThreadTables } from "../../src/backend/thread/thread-tables.js";
import { cellOptions } from "../support/backend-cell.js";
import { describeBackendContract } from "./contract.js";

const heapBytes = 256 * 1024 * 1024;

describeBackendContract({
  name: "thread",
  make: () => new ThreadBackend({ maxOrphans: 8, prewarm: 1, heapBytes }),
  // As many threads as may are left: none.
  makeRefusing: () => new ThreadBackend({ maxOrphans: 0, prewarm: 0, heapBytes }),
  refusalCode: "ERR_TOO_MANY_ORPHANS",
});

test("native tables are made once for a list, and by each backend for itself", () => {
  const { setup } = cellOptions("");
  const stored = ["key", "1"];
  const [one, other] = [new ThreadTables(getBinding()), new ThreadTables(getBinding())];
  expect(one.setupOf(setup)).toBe(one.setupOf(setup));
  expect(one.setupOf(setup)).not.toBe(other.setupOf(setup));
  expect(one.storedOf(stored)).toBe(one.storedOf(stored));
  expect(one.storedOf(stored)).not.toBe(other.storedOf(stored));
  expect(one.storedOf(undefined)).toBeUndefined();
});
