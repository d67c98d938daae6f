import { describe, expect, test } from "vitest";
import { createCodeMode } from "../../src/index.js";
import { type RuntimeLimits, resolveLimits } from "../../src/options/limits.js";
import {
  type CodeModeOptions,
  checkExecOptions,
  checkWaitOptions,
  type ExecOptions,
  type SessionOptions,
} from "../../src/options/options.js";
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

describe("inheritance", () => {
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
