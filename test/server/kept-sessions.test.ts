import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { CodeMode } from "../../src/index.js";
import { KeptSessions, type KeptSessionsOptions } from "../../src/server/kept-sessions.js";
import { TenantTools } from "../../src/server/tenants/tenant-tools.js";
import type { NamedTool } from "../../src/tools/tool-definition.js";
import { Held } from "../support/cells.js";
import { DurableRuntimes } from "../support/durable-runtimes.js";

let runtimes: DurableRuntimes;
let codeMode: CodeMode;
const goOn = new Held();
beforeEach(async () => {
  runtimes = new DurableRuntimes();
  codeMode = await runtimes.next({ tools: { wait: { execute: () => goOn.promise } } });
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await runtimes[Symbol.asyncDispose]();
});

function open(options: Omit<KeptSessionsOptions, "codeMode"> = {}) {
  const rested: string[] = [];
  const sessions = new KeptSessions({ codeMode, ...options }, (tenant) => rested.push(tenant));
  return { sessions, rested };
}

const name = (session: string, tenant = "t") => ({ tenant, session });

describe("a session that nobody uses", () => {
  test.each([
    [undefined, 60_000],
    [5000, 5000],
  ])("is closed after a minute, or as long as is said (%d ms)", async (idleMs, expected) => {
    const { sessions } = open({ idleMs });
    const kept = sessions.open(name("s"));
    kept.enter();
    await vi.advanceTimersByTimeAsync(2 * expected);
    expect(sessions.open(name("s"))).toBe(kept);
    kept.exit();
    await vi.advanceTimersByTimeAsync(expected - 1);
    expect(sessions.open(name("s"))).toBe(kept);
    await vi.advanceTimersByTimeAsync(1);
    expect(sessions.open(name("s"))).not.toBe(kept);
    await expect(kept.session.exec("text(1)")).rejects.toMatchObject({
      code: "ERR_SESSION_CLOSED",
    });
    await sessions.close();
  });

  test("stays open for as long again when it was used meanwhile", async () => {
    const { sessions } = open();
    const kept = sessions.open(name("s"));
    for (let uses = 0; uses < 3; uses += 1) {
      kept.enter();
      kept.exit();
      await vi.advanceTimersByTimeAsync(50_000);
    }
    expect(sessions.open(name("s"))).toBe(kept);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(sessions.open(name("s"))).not.toBe(kept);
    await sessions.close();
  });

  test("stays open while a cell of it runs, also where nobody observes that", async () => {
    const { sessions, rested } = open();
    const kept = sessions.open(name("s"));
    kept.enter();
    const outcome = await kept.session.exec("yield_control(); await tools.wait({})");
    kept.exit();
    expect(kept.isIdle).toBe(false);
    expect([kept.runs, kept.has(outcome.cellId), kept.has("other")]).toEqual([true, true, false]);
    expect(sessions.runs(name("s"), outcome.cellId)).toBe(true);
    expect(sessions.runs(name("other"), outcome.cellId)).toBe(false);
    expect(sessions.runningIn(outcome.cellId)).toEqual(name("s"));
    expect(sessions.runningIn("other")).toBeUndefined();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sessions.open(name("s"))).toBe(kept);
    await kept.session.terminate(outcome.cellId);
    expect(rested).toEqual(["t"]);
    expect([kept.isIdle, kept.runs]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sessions.open(name("s"))).not.toBe(kept);
    await sessions.close();
  });

  test("is closed where there are a thousand others, and the one that was used last is not", async () => {
    const { sessions } = open();
    const first = sessions.open(name("0"));
    const second = sessions.open(name("1"));
    const third = sessions.open(name("2"));
    first.enter();
    for (let i = 3; i < 1000; i += 1) sessions.open(name(`${i}`));
    expect(sessions.open(name("1"))).toBe(second);
    sessions.open(name("one more"));
    // The first is in use, the second was used just now.
    expect(sessions.open(name("0"))).toBe(first);
    expect(sessions.open(name("1"))).toBe(second);
    await expect(third.session.exec("text(1)")).rejects.toMatchObject({
      code: "ERR_SESSION_CLOSED",
    });
    await sessions.close();
  });
});

describe("the sessions of all tenants", () => {
  test("are counted by their cells that run, of all or of one", async () => {
    const { sessions } = open();
    for (const [session, tenant] of [
      ["s", "t"],
      ["s", "u"],
      ["r", "t"],
    ] as const) {
      const kept = sessions.open(name(session, tenant));
      await kept.session.exec("yield_control(); await tools.wait({})");
    }
    expect([
      sessions.running(),
      sessions.running("t"),
      sessions.running("u"),
      sessions.running("v"),
    ]).toEqual([3, 2, 1, 0]);
    await sessions.close();
    expect(sessions.running()).toBe(0);
  });

  test("are all closed at the end", async () => {
    const { sessions } = open();
    const all = ["a", "b"].map((session) => sessions.open(name(session)));
    await sessions.close();
    for (const { session } of all) {
      await expect(session.exec("text(1)")).rejects.toMatchObject({ code: "ERR_SESSION_CLOSED" });
    }
  });

  test("have the tools of their tenants, and the new ones where those change", async () => {
    const own = new Map<string, NamedTool[]>([
      ["t", [{ name: "old", execute: () => 1 }]],
      ["u", []],
    ]);
    const tools = new TenantTools(
      [...own].map(([tenant, of]) => ({ tenants: [tenant], tools: () => of })),
      () => {},
    );
    const { sessions } = open({ toolsOf: (tenant) => tools.of(tenant) });
    const has = async (tenant: string, tool: string): Promise<unknown> => {
      const { session } = sessions.open(name("s", tenant));
      const outcome = await session.exec(`text(typeof tools.${tool})`);
      return outcome.status === "completed" && outcome.output[0];
    };
    const is = (type: string) => ({ type: "text", text: type });
    expect(await has("t", "old")).toEqual(is("function"));
    own.get("t")?.splice(0, 1, { name: "next", execute: () => 2 });
    tools.renew();
    expect(await has("t", "next")).not.toEqual(is("function"));
    sessions.renewTools();
    expect(await has("t", "next")).toEqual(is("function"));
    expect(await has("t", "old")).not.toEqual(is("function"));
    expect(await has("u", "next")).not.toEqual(is("function"));
    await sessions.close();
  });

  test("have the limits of their tenants", async () => {
    const { sessions } = open({
      limitsOf: (tenant) => (tenant === "t" ? { outputBytes: 3 } : undefined),
    });
    const status = async (tenant: string): Promise<string> =>
      (await sessions.open(name("s", tenant)).session.exec("text('longer')")).status;
    expect([await status("t"), await status("u")]).toEqual(["failed", "completed"]);
    sessions.renewTools();
    await sessions.close();
  });
});
