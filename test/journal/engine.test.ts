import { afterEach, expect, test } from "vitest";
import { thisEngine } from "../../src/journal/engine.js";

const before = process.env["TZ"];
afterEach(() => {
  if (before === undefined) delete process.env["TZ"];
  else process.env["TZ"] = before;
});

test("the engine that a journal names has the time zone that the program has set last", () => {
  const zoneNow = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const zone of ["America/St_Johns", "Asia/Kathmandu", "America/St_Johns"]) {
    process.env["TZ"] = zone;
    expect(thisEngine().timeZone).toBe(zoneNow());
    expect(thisEngine()).toBe(thisEngine());
  }
});
