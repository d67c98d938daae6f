import { expect, test } from "vitest";
import { TenantTools } from "../../src/server/tenants/tenant-tools.js";
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
  now = 45_000;
  expect(tried(() => tenants.begin("a"))).toEqual({ code: "ERR_QUOTA", retryAfterMs: 15_000 });
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

test("the last cells of ten thousand tenants are remembered, and those of the oldest are forgotten", () => {
  const tenants = new Tenants({ "*": { cells: { perMinute: 2 } } }, () => 0);
  const begin = (tenant: string): unknown => tried(() => tenants.begin(tenant));
  const refused = { code: "ERR_QUOTA", retryAfterMs: 30_000 };
  for (let i = 0; i < 10_000; i++) begin(`t${i}`);
  expect([begin("t0"), begin("t0")]).toEqual(["begun", refused]);
  begin("one more");
  expect([begin("t2"), begin("t2")]).toEqual(["begun", refused]);
  expect(begin("t0")).toEqual(refused);
  expect([begin("t1"), begin("t1")]).toEqual(["begun", "begun"]);
});

test("tenants that may begin any number of cells are not remembered, in place of others", () => {
  const free = Array.from({ length: 10_000 }, (_, i) => `t${i}`);
  const settings = Object.fromEntries(free.map((tenant) => [tenant, {}]));
  const tenants = new Tenants({ "*": { cells: { perMinute: 1 } }, ...settings }, () => 0);
  expect(tried(() => tenants.begin("a"))).toBe("begun");
  for (const tenant of free) tenants.begin(tenant);
  expect(tried(() => tenants.begin("a"))).toMatchObject({ code: "ERR_QUOTA" });
});

test("a tenant has the tools of all and its own, as they are now, without those that cannot be used", () => {
  const own = [{ name: "own", execute: () => 1 }];
  const problems: unknown[] = [];
  const tools = new TenantTools(
    [
      { tenants: undefined, tools: () => [{ name: "shared", execute: () => 1 }] },
      { tenants: undefined, tools: () => [{ name: "", execute: () => 2 }] },
      { tenants: ["a"], tools: () => own },
    ],
    (problem) => problems.push(problem),
  );
  const namesOf = (tenant: string): readonly string[] =>
    tools.of(tenant).tools.map(({ name }) => name);
  expect([namesOf("a"), namesOf("b")]).toEqual([["shared", "own"], ["shared"]]);
  expect(problems).toMatchObject([{ code: "ERR_INVALID_TOOL" }, { code: "ERR_INVALID_TOOL" }]);
  expect(tools.of("b")).toBe(tools.of("c"));
  own.push({ name: "new", execute: () => 1 });
  expect(namesOf("a")).toEqual(["shared", "own"]);
  tools.renew();
  expect(namesOf("a")).toEqual(["shared", "own", "new"]);
});
