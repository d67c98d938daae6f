import { totalmem } from "node:os";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createCodeMode } from "../../src/index.js";
import { checkDurability, type DurabilityOptions } from "../../src/options/durability-options.js";
import {
  checkExecOptions,
  checkWaitOptions,
  type ExecOptions,
} from "../../src/options/exec-options.js";
import { type RuntimeLimits, resolveLimits } from "../../src/options/limits.js";
import {
  type CodeModeOptions,
  checkPrewarm,
  checkSessionId,
  type SessionOptions,
} from "../../src/options/options.js";
import { checkProcessOptions } from "../../src/options/process-options.js";
import { modelReading } from "../../src/options/reading.js";
import {
  defaultSettings,
  type Settings,
  withExecOptions,
  withSessionOptions,
} from "../../src/options/settings.js";

const settingsOf = (options: CodeModeOptions, outer: Settings = defaultSettings): Settings =>
  withSessionOptions(outer, "runtime", options);

const refused = (message: string): unknown =>
  expect.objectContaining({
    name: "CodeModeError",
    code: "ERR_INVALID_OPTION",
    message: expect.stringContaining(message),
  });

describe("validation names the option, what was expected and what came", () => {
  test.each<readonly [object, string]>([
    [
      { yieldAfterMs: Number.NaN },
      '"yieldAfterMs" must be a number of milliseconds, 0 or more; got the number NaN.',
    ],
    [{ yieldAfterMs: -1 }, '"yieldAfterMs" must be'],
    [{ yieldAfterMs: "5" }, 'got a string "5".'],
    [{ maxYieldAfterMs: 0 }, '"maxYieldAfterMs" must be'],
    [{ maxOutputTokens: 1.5 }, '"maxOutputTokens" must be a whole number of tokens'],
    [{ deadlock: "ignore" }, '"deadlock" must be "fail" or "wait"'],
    [{ console: 1 }, '"console" must be true, false, "logs" or "output"'],
    [{ dialect: "loose" }, '"dialect" must be "strict" or "lenient"'],
    [{ onNotify: {} }, '"onNotify" must be a function'],
    [
      { limits: { heapBytes: 0 } },
      '"limits.heapBytes" must be a whole number of bytes, from 1048576 to 1099511627776; got the number 0.',
    ],
    [{ limits: { heapBytes: Infinity } }, '"limits.heapBytes" must be'],
    [{ limits: { heapBytes: 2 ** 20 - 1 } }, '"limits.heapBytes" must be'],
    [{ limits: { jsonDepth: 1001 } }, '"limits.jsonDepth" must be a whole number, from 1 to 1000'],
    [{ limits: { wallMs: 0 } }, '"limits.wallMs" must be a number of milliseconds, 1 or more'],
    [{ limits: { wallMS: 5 } }, 'no option "wallMS" in limits'],
    [{ modules: { "tools.js": "" } }, 'cannot have a module "tools.js"'],
    [{ modules: { "tools/a.js": "" } }, 'cannot have a module "tools/a.js"'],
    [{ modules: { codecell: {} } }, 'cannot have a module "codecell"'],
    [{ modules: { a: { b: 1n } } }, '"modules["a"].b" must be a value that JSON can carry'],
    [{ modules: { a: { b: undefined } } }, '"modules["a"].b" must be'],
    [{ modules: { a: 5 } }, '"modules["a"]" must be source text or a record of exports'],
    [{ modules: { a: null } }, '"modules["a"]" must be source text or a record of exports'],
    [{ modules: { a: [1] } }, '"modules["a"]" must be source text or a record of exports'],
  ])("%o", (options, message) => {
    expect(() => settingsOf(options)).toThrow(refused(message));
  });

  test.each([[-1], [65], [1.5], ["many"]])("prewarm: %o", (prewarm) => {
    expect(() => createCodeMode({ prewarm: prewarm as number })).toThrow(
      refused('"prewarm" must be "auto" or a whole number from 0 to 64; got '),
    );
  });

  test("exec and wait refuse what they do not know", () => {
    expect(() => checkExecOptions({ signal: {} as never })).toThrow(refused('"signal"'));
    expect(() => checkExecOptions({ deadlock: "fail" } as never)).toThrow(refused('"deadlock"'));
    expect(() => checkWaitOptions({ yieldAfterMs: -1 })).toThrow(refused('"yieldAfterMs"'));
    expect(() => checkWaitOptions(null as never)).toThrow(refused("the options of wait"));
  });
});

type Place = "createCodeMode" | "openSession" | "exec" | "wait";

/** What checks the options of a place. */
const checks: { readonly [At in Place]: (options: object) => void } = {
  createCodeMode: (options) => {
    withSessionOptions(defaultSettings, "runtime", options);
    checkProcessOptions(options);
  },
  openSession: (options) => withSessionOptions(defaultSettings, "session", options),
  exec: (options) => withExecOptions(defaultSettings, options),
  wait: (options) => checkWaitOptions(options),
};
const allPlaces = Object.keys(checks) as readonly Place[];
const untilExec = allPlaces.slice(0, 3);
const untilSession = allPlaces.slice(0, 2);

/** Of each option: the places that take it, what it may be, what it may not be, and what is said then. */
const table: readonly (readonly [
  string,
  readonly Place[],
  readonly unknown[],
  readonly unknown[],
  string,
])[] = [
  ["limits", untilExec, [{}], [[], null, 7], "an object"],
  ["console", untilExec, [true, false, "logs", "output"], ["off", 1, null], "true, false, "],
  ["dialect", untilExec, ["strict", "lenient"], ["loose", true, null], '"strict" or "lenient"'],
  ["isolation", untilExec, ["thread", "process"], ["vm", 1, null], '"thread" or "process"'],
  ["zygote", untilSession, ["shared", "session"], ["own", 1, null], '"shared" or "session"'],
  ["onNotify", untilExec, [() => {}], [{}, null], "a function"],
  ["onEvent", untilExec, [() => {}], [{}, null], "a function"],
  ["onApproval", untilExec, [() => true], [true, null], "a function"],
  ["record", untilExec, [true, false, () => {}], ["file", 1, null], "true, false or a function"],
  ["yieldAfterMs", allPlaces, [0, 0.5, Infinity], [-1, NaN, "1", null], "a number of milliseconds"],
  ["maxYieldAfterMs", untilSession, [1, Infinity], [0, NaN, "1"], "a number of milliseconds, 1 or"],
  [
    "maxOutputTokens",
    untilSession,
    [0, 7],
    [-1, 0.5, Infinity, "1"],
    "a whole number of tokens, 0",
  ],
  ["deadlock", untilSession, ["fail", "wait"], ["ignore", true, null], '"fail" or "wait"'],
  ["webGlobals", untilSession, [true, false], ["yes", 1, null], "true or false"],
  ["remoteImages", untilSession, [true, false], ["yes", 1, null], "true or false"],
  [
    "modules",
    untilSession,
    [{}, { a: "" }, { a: { b: 1 } }],
    [[], null, ""],
    "a record of modules",
  ],
  ["signal", ["exec", "wait"], [AbortSignal.abort()], [{}, true, null], "an AbortSignal"],
  ["yieldSignal", ["exec", "wait"], [AbortSignal.abort()], [{}, true, null], "an AbortSignal"],
  ["after", ["wait"], [0, 7], [-1, 0.5, Infinity, "1", null], "a whole number of output items, 0"],
  ["onCellId", ["exec"], [() => {}], [true, null], "a function"],
  ["yieldOnApproval", ["exec", "wait"], [true, false], ["yes", 1, null], "true or false"],
  ["requestId", ["exec"], ["a", "x".repeat(256)], ["", 7, null], "a string of 1 to 256 characters"],
  [
    "approve",
    ["exec"],
    [{ calls: [] }, { calls: [{ tool: "a", input: undefined }] }],
    [
      ...[null, true, [], {}, { calls: {} }, { calls: [null] }, { calls: ["a"] }],
      ...[{ calls: [{ tool: "a" }] }, { calls: [{ tool: 1, input: 1 }] }],
      { calls: [{ tool: "a", input: 1 }, { input: 1 }] },
    ],
    "a plan, as session.plan makes it",
  ],
  [
    "processHost",
    ["createCodeMode"],
    ["auto", "process", "zygote"],
    ["fork", true, null],
    '"auto", "process" or "zygote"',
  ],
  [
    "sandbox",
    ["createCodeMode"],
    ["required", "best-effort", "off"],
    ["on", true, null],
    '"required", "best-effort" or "off"',
  ],
];

describe.each(table)("the option %s", (name, places, good, bad, expected) => {
  test.each(allPlaces)("of %s", (place) => {
    const check = checks[place];
    if (!places.includes(place)) {
      expect(() => check({ [name]: good[0] })).toThrow(refused(`There is no option "${name}" in`));
      return;
    }
    for (const value of [undefined, ...good]) expect(() => check({ [name]: value })).not.toThrow();
    for (const value of bad) {
      expect(() => check({ [name]: value })).toThrow(refused(`"${name}" must be ${expected}`));
    }
  });
});

test("the id of a session has 1 to 256 characters", () => {
  for (const id of [undefined, "a", "x".repeat(256)]) {
    expect(() => checkSessionId(id)).not.toThrow();
  }
  for (const id of ["", "x".repeat(257), 7, null]) {
    const message = '"id" must be a string of 1 to 256 characters';
    expect(() => checkSessionId(id as string)).toThrow(refused(message));
  }
  // In a store they would be one session.
  for (const id of ["\ud801", "\udc00a"]) {
    const message = '"id" must be without half of a surrogate pair';
    expect(() => checkSessionId(id)).toThrow(refused(message));
  }
  expect(() => checkSessionId("🦊")).not.toThrow();
});

describe("the option durability", () => {
  const store = { append: () => {} };
  const check = (options: unknown): unknown => checkDurability(options as DurabilityOptions);

  test("has a store, and has its defaults for the rest", () => {
    expect(check(undefined)).toBeUndefined();
    expect(check({ store })).toEqual({
      store,
      retainMs: 604_800_000,
      retainOpenMs: 2_592_000_000,
      parkAfterMs: 60_000,
    });
    const options = { store, retainMs: 0, retainOpenMs: 2, parkAfterMs: 1 };
    expect(check(options)).toEqual(options);
  });

  test.each<readonly [unknown, string]>([
    [null, '"durability" must be an object'],
    [{ store, file: "a" }, 'no option "file" in durability'],
    [{ store, retainMs: -1 }, '"durability.retainMs" must be a number of milliseconds, 0 or more'],
    [{ store, retainOpenMs: -1 }, '"durability.retainOpenMs" must be a number of milliseconds, 0'],
    [{ store, parkAfterMs: "1" }, '"durability.parkAfterMs" must be a number of milliseconds, 0'],
    ...[{}, { store: null }, { store: "a.db" }, { store: {} }, { store: { append: true } }].map(
      (options) => [options, '"durability.store" must be a store'] as const,
    ),
    [{ store: store.append }, '"durability.store" must be a store'],
  ])("%j is refused", (options, message) => {
    expect(() => check(options)).toThrow(refused(message));
  });
});

test("the options of each place are an object", () => {
  for (const options of [null, [], "yieldAfterMs"]) {
    for (const place of allPlaces) {
      const name = place === "exec" || place === "wait" ? `the options of ${place}` : `of ${place}`;
      expect(() => checks[place](options as never)).toThrow(refused(`${name}" must be an object`));
    }
  }
});

test("a runtime takes what keeps isolates ready, a session its id, data and values", () => {
  for (const [place, name] of [
    ["openSession", "prewarm"],
    ["openSession", "sandbox"],
    ["createCodeMode", "id"],
    ["createCodeMode", "data"],
    ["createCodeMode", "storedValues"],
    ["exec", "id"],
    ["wait", "tools"],
  ] as const) {
    expect(() => checks[place]({ [name]: undefined })).toThrow(refused(`no option "${name}"`));
  }
  for (const prewarm of [undefined, "auto"] as const) expect(checkPrewarm(prewarm)).toBe("auto");
  for (const prewarm of [0, 64]) expect(checkPrewarm(prewarm)).toBe(prewarm);
  expect(checkProcessOptions({})).toEqual({ processHost: "auto", sandbox: "best-effort" });
  const chosen = { processHost: "process", sandbox: "off" } as const;
  expect(checkProcessOptions(chosen)).toEqual(chosen);
});

const hostHeapBytes = 2 ** 31;
const limitNames = Object.keys(resolveLimits({}, { hostHeapBytes })) as (keyof RuntimeLimits)[];

test.each(limitNames)("limits.%s is a positive number, and nothing else", (name) => {
  for (const value of [0, -1, Number.NaN, 2 ** 60, "5", null]) {
    // There is no longest time.
    if (value === 2 ** 60 && name.endsWith("Ms")) continue;
    expect(() => settingsOf({ limits: { [name]: value } })).toThrow(refused(`"limits.${name}"`));
  }
});

test("what bounds many cells is no limit of one", () => {
  const session = { limits: { rssBytes: 2 ** 30 } } as SessionOptions;
  expect(() => withSessionOptions(defaultSettings, "session", session)).toThrow(
    refused('no option "rssBytes" in limits'),
  );
  const exec = { limits: { cells: 5 } } as ExecOptions;
  expect(() => checkExecOptions(exec)).toThrow(refused('no option "cells" in limits'));
});

describe("a limit", () => {
  const tebibyte = 2 ** 40;
  const most = 2 ** 31;
  test.each<readonly [keyof RuntimeLimits, number, number]>([
    ["heapBytes", 2 ** 20, tebibyte],
    ["storedBytes", 1, tebibyte],
    ["unseenBytes", 1, tebibyte],
    ["rssBytes", 16 * 2 ** 20, tebibyte],
    ["jsonDepth", 1, 1000],
    ["toolCalls", 1, most],
    ["cells", 1, most],
    ["maxOrphans", 1, most],
    ["cpuMs", 1, Infinity],
    ["wallMs", 1, Infinity],
  ])("%s may be from %i to %d", (name, least, greatest) => {
    for (const value of [least, greatest]) {
      expect(settingsOf({ limits: { [name]: value } }).limits).toEqual({ [name]: value });
    }
    const isTime = name.endsWith("Ms");
    const unit = name.endsWith("Bytes") ? " of bytes" : "";
    const wanted = isTime
      ? "a number of milliseconds, 1 or more"
      : `a whole number${unit}, from ${least} to ${greatest}`;
    for (const value of isTime ? [least - 0.5] : [least - 1, greatest + 1, least + 0.5]) {
      const message = `"limits.${name}" must be ${wanted}; got the number ${value}.`;
      expect(() => settingsOf({ limits: { [name]: value } })).toThrow(refused(message));
    }
  });

  test("that is wrong is named with all others that are, and with those that are not known", () => {
    const limits = { wallMS: 1, cells: 0, cpuMs: -1 } as object;
    expect(() => settingsOf({ limits })).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /^There is no option "wallMS" in limits; .+ The option "limits.cpuMs" .+ The option "limits.cells" .+\.$/,
        ),
      }),
    );
  });

  test.each<readonly ["session" | "runtime", number, object]>([
    [
      "session",
      2 ** 32,
      {
        outputBytes: 64 * 2 ** 20,
        storedBytes: 64 * 2 ** 20,
        toolInputBytes: 32 * 2 ** 20,
        unseenBytes: 256 * 2 ** 20,
        cells: 128,
      },
    ],
    [
      "runtime",
      2 ** 28 + 100,
      {
        outputBytes: 2 ** 24 + 6,
        storedBytes: 2 ** 24 + 6,
        toolInputBytes: 2 ** 21,
        unseenBytes: 2 ** 25 + 12,
        cells: 512,
      },
    ],
    ["runtime", 2 ** 40, { outputBytes: 64 * 2 ** 20, toolInputBytes: 64 * 2 ** 20 }],
  ])("of a %s whose host has %i bytes of heap is as that allows", (scope, heap, expected) => {
    expect(resolveLimits({}, { scope, hostHeapBytes: heap })).toMatchObject(expected);
  });

  test("has the default that the documents say", () => {
    const MiB = 2 ** 20;
    expect(resolveLimits({}, { hostHeapBytes })).toMatchObject({
      heapBytes: 256 * MiB,
      arrayBufferBytes: 256 * MiB,
      cpuMs: 60_000,
      wallMs: 3_600_000,
      outputBytes: 64 * MiB,
      outputItems: 100_000,
      notifications: 10_000,
      storedBytes: 64 * MiB,
      storedKeys: 10_000,
      toolCalls: 100_000,
      toolCallsInFlight: 10_000,
      toolResultBytes: 64 * MiB,
      jsonDepth: 1000,
      jsonValues: 100_000,
      timers: 100_000,
      sourceBytes: 4 * MiB,
      evalBytes: 4 * MiB,
      queuedCells: 10_000,
      maxOrphans: 8,
    });
  });

  test("that is undefined has its default, and a session's defaults are meant if nothing is said", () => {
    const plain = resolveLimits({}, { hostHeapBytes });
    expect(resolveLimits({ cells: undefined, wallMs: undefined }, { hostHeapBytes })).toEqual(
      plain,
    );
    expect(plain).toEqual(resolveLimits({}, { scope: "session", hostHeapBytes }));
  });

  test("that only one of two scopes sets holds, and what neither sets is not set", () => {
    const outer = settingsOf({ limits: { cells: 3, timers: undefined } });
    expect(settingsOf({ limits: { wallMs: 5, cells: undefined } }, outer).limits).toEqual({
      cells: 3,
      wallMs: 5,
    });
    expect(settingsOf({}, outer).limits).toBe(outer.limits);
  });
});

describe("limits.rssBytes is by default three quarters of", () => {
  const machine = totalmem();
  const { constrainedMemory } = process;
  afterEach(() => {
    Object.assign(process, { constrainedMemory });
  });

  test.each<readonly [string, (() => number) | undefined, number]>([
    ["what a container leaves of the machine", () => machine / 4, machine / 4],
    ["the machine, where a container leaves all of it", () => 2 ** 60, machine],
    ["the machine, where there is no container", () => 0, machine],
    ["the machine, where none can be asked about", undefined, machine],
  ])("%s", async (_what, constrained, expected) => {
    Object.assign(process, { constrainedMemory: constrained });
    // It is found out once.
    vi.resetModules();
    const limits = await import("../../src/options/limits.js");
    const { rssBytes } = limits.resolveLimits({}, { hostHeapBytes });
    expect(rssBytes).toBe(Math.floor(expected * 0.75));
  });
});

test("a model's programs have a console and the lenient dialect, unless something else is set", () => {
  const reading = (options: CodeModeOptions): object => modelReading(settingsOf(options));
  expect(reading({})).toEqual({ console: "output", dialect: "lenient" });
  expect(reading({ console: false })).toEqual({ console: false, dialect: "lenient" });
  expect(reading({ console: true })).toEqual({ console: "logs", dialect: "lenient" });
  expect(reading({ dialect: "strict" })).toEqual({ console: "output", dialect: "strict" });
});

test("what nothing sets is as the documents say", () => {
  expect(settingsOf({})).toMatchObject({
    limits: {},
    yieldAfterMs: 10_000,
    maxYieldAfterMs: Infinity,
    maxOutputTokens: 10_000,
    deadlock: "fail",
    console: undefined,
    dialect: undefined,
    webGlobals: true,
    remoteImages: false,
    isolation: "thread",
    zygote: "shared",
    onNotify: [],
    onEvent: [],
    onApproval: [],
    record: false,
  });
});

describe("inheritance", () => {
  test("each option that is set takes the outer one's place, and no other changes", () => {
    const outer = settingsOf({
      yieldAfterMs: 1,
      maxYieldAfterMs: 40,
      maxOutputTokens: 2,
      deadlock: "wait",
      console: true,
      dialect: "lenient",
      webGlobals: false,
      remoteImages: true,
      isolation: "process",
      zygote: "session",
      record: true,
      modules: { a: "1" },
      tools: { one: { execute: () => 1 } },
    });
    expect(outer).toMatchObject({
      yieldAfterMs: 1,
      maxYieldAfterMs: 40,
      maxOutputTokens: 2,
      deadlock: "wait",
      console: "logs",
      dialect: "lenient",
      webGlobals: false,
      remoteImages: true,
      isolation: "process",
      zygote: "session",
      record: true,
    });
    expect(outer.modules.specifiers).toEqual(["a"]);
    for (const inherited of [
      withSessionOptions(outer, "session", {}),
      withExecOptions(outer, {}),
      withExecOptions(outer, { console: undefined, record: undefined, isolation: undefined }),
    ]) {
      const { tools, modules, ...rest } = inherited;
      expect(outer).toMatchObject(rest);
      expect([tools.list, modules.list]).toEqual([outer.tools.list, outer.modules.list]);
    }
    const inner = {
      yieldAfterMs: 5,
      console: "output",
      dialect: "strict",
      isolation: "thread",
      record: false,
    } as const;
    const more = {
      maxYieldAfterMs: 30,
      maxOutputTokens: 6,
      deadlock: "fail",
      webGlobals: true,
      remoteImages: false,
    } as const;
    expect(withExecOptions(outer, inner)).toMatchObject(inner);
    expect(settingsOf({ ...inner, ...more }, outer)).toMatchObject({ ...inner, ...more });
    expect(withExecOptions(outer, { console: false }).console).toBe("off");
    const added = { modules: { a: "2", b: { c: 1 } }, tools: { two: { execute: () => 2 } } };
    const both = settingsOf(added, outer);
    expect(both.modules.list).toEqual([
      { specifier: "a", source: "2" },
      { specifier: "b", exports: ["c", "1"] },
    ]);
    expect(both.tools.tools.map(({ name }) => name)).toEqual(["one", "two"]);
  });

  test("of an exec every handler is kept too, and a recorder takes the place of another", () => {
    const handlers = { onNotify: () => {}, onEvent: () => {}, onApproval: () => true };
    const outer = settingsOf(handlers);
    expect(outer).toMatchObject({
      onNotify: [handlers.onNotify],
      onEvent: [handlers.onEvent],
      onApproval: [handlers.onApproval],
    });
    const own = { onNotify: () => {}, onEvent: () => {}, onApproval: () => false };
    const exec = withExecOptions(outer, own);
    expect(exec.onNotify).toEqual([own.onNotify, handlers.onNotify]);
    expect(exec.onEvent).toEqual([own.onEvent, handlers.onEvent]);
    expect(exec.onApproval).toEqual([own.onApproval, handlers.onApproval]);
    const record = (): void => {};
    expect(withExecOptions(settingsOf({ record: true }), { record }).record).toBe(record);
  });

  test("the smallest limit applies, and a default only if none is set", () => {
    const runtime = settingsOf({ limits: { heapBytes: 2 ** 30, wallMs: 1000 } });
    const session = settingsOf({ limits: { wallMs: 5000, outputBytes: 10 } }, runtime);
    const exec = withExecOptions(session, { limits: { outputBytes: 20, heapBytes: 2 ** 31 } });
    expect(resolveLimits(exec.limits, { hostHeapBytes })).toMatchObject({
      heapBytes: 2 ** 30,
      arrayBufferBytes: 256 * 2 ** 20,
      wallMs: 1000,
      cpuMs: 60_000,
      outputBytes: 10,
      storedBytes: 64 * 2 ** 20,
    });
  });

  test("what a session leaves out is the runtime's", () => {
    const runtime = settingsOf({ yieldAfterMs: 5, deadlock: "wait", maxYieldAfterMs: 50 });
    expect(settingsOf({ maxYieldAfterMs: 500 }, runtime)).toMatchObject({
      yieldAfterMs: 5,
      deadlock: "wait",
      maxYieldAfterMs: 50,
      maxOutputTokens: 10_000,
    });
  });

  test("every handler is kept, the innermost first", () => {
    const outer = (): void => {};
    const inner = (): void => {};
    const session = settingsOf({ onEvent: inner }, settingsOf({ onEvent: outer }));
    expect(session.onEvent).toEqual([inner, outer]);
    expect(session.onEvent[0]).toBe(inner);
  });
});
