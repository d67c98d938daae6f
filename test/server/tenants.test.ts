import { expect, test } from "vitest";
import { Tenants } from "../../src/server/tenants/tenants.js";

function tried(run: () => void): unknown {
  try {
    run();
    return "begun";
  } catch (error) {
    const { code, retryAfterMs } = error as { code: string; retryAfterMs: number };
    return { code, retryAfterMs };
  }
}

test("a tenant begins as many cells a minute as it may, and more as time passes", () => {
  let now = 0;
  const tenants = new Tenants({ a: { cells: { perMinute: 2 } } }, () => now);
  expect([1, 2, 3].map(() => tried(() => tenants.begin("a")))).toEqual([
    "begun",
    "begun",
    { code: "ERR_QUOTA", retryAfterMs: 30_000 },
  ]);
  expect(tried(() => tenants.begin("b"))).toBe("begun");
  now = 30_000;
  expect([1, 2].map(() => tried(() => tenants.begin("a")))).toEqual([
    "begun",
    { code: "ERR_QUOTA", retryAfterMs: 30_000 },
  ]);
  now = 1e9;
  expect([1, 2, 3].map(() => tried(() => tenants.begin("a")))).toMatchObject([
    "begun",
    "begun",
    { code: "ERR_QUOTA" },
  ]);
});

test("a tenant without settings has those of *, each for itself", () => {
  const tenants = new Tenants({ "*": { cells: { perMinute: 1 } }, a: {} }, () => 0);
  expect(tried(() => tenants.begin("b"))).toBe("begun");
  expect(tried(() => tenants.begin("b"))).toMatchObject({ code: "ERR_QUOTA" });
  expect(tried(() => tenants.begin("c"))).toBe("begun");
  for (const _ of [1, 2]) expect(tried(() => tenants.begin("a"))).toBe("begun");
  expect(tenants.of("__proto__")).toEqual({ cells: { perMinute: 1 } });
});
