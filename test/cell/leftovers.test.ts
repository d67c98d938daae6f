import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import type { ExecOptions, Session } from "../../src/index.js";
import { Held, openSession, start, textsOf } from "../support/cells.js";
import { collected } from "../support/collected.js";

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

const openWithHold = (hold: Promise<unknown>): Session =>
  openSession({ tools: { hold: { execute: () => hold } } });

const waitForHold = "text(await tools.hold());";

describe("no listener is left on the signal", () => {
  test.each([
    ["that completes", "", "completed"],
    ["that fails", "throw 1;", "failed"],
    ["that is no source", "this is none", "failed"],
  ])("of an exec %s", async (_, source, status) => {
    const { signal } = new AbortController();
    await using session = openSession();
    expect(await session.exec(source, { signal })).toMatchObject({ status });
    expect(listenersOf(signal)).toBe(0);
  });

  test("of an exec that is terminated", async () => {
    const { signal } = new AbortController();
    await using session = openSession();
    const id = await start(session, "for (;;) {}", { signal });
    expect(listenersOf(signal)).toBe(1);
    await session.terminate(id);
    expect(listenersOf(signal)).toBe(0);
  });

  test("of a wait that has been answered", async () => {
    const held = new Held<string>();
    const { signal } = new AbortController();
    await using session = openWithHold(held.promise);
    const id = await start(session, waitForHold);
    await session.wait(id, { yieldAfterMs: 0, signal });
    expect(listenersOf(signal)).toBe(0);
    const waiting = session.wait(id, { signal });
    expect(listenersOf(signal)).toBe(1);
    held.resolve("end");
    expect(textsOf(await waiting)).toEqual(["end"]);
    expect(listenersOf(signal)).toBe(0);
  });
});

test("the signal of an earlier wait has no say in a later one", async () => {
  const held = new Held<string>();
  const earlier = new AbortController();
  await using session = openWithHold(held.promise);
  const id = await start(session, waitForHold);
  await session.wait(id, { yieldAfterMs: 0, signal: earlier.signal });
  const later = session.wait(id);
  earlier.abort();
  held.resolve("end");
  expect(textsOf(await later)).toEqual(["end"]);
});

describe("what an exec was given can be collected when its cell is gone, though its clocks would run for long:", () => {
  test.each<[string, (session: Session, options: ExecOptions) => Promise<unknown>]>([
    ["an exec that completes", (session, options) => session.exec("", options)],
    ["an exec that fails", (session, options) => session.exec("throw 1", options)],
    [
      "a cell that is terminated",
      async (session, options) => session.terminate(await start(session, "for (;;) {}", options)),
    ],
    [
      "a cell that is waited for",
      async (session, options) => session.wait(await start(session, "", options)),
    ],
  ])("%s", async (_, runCell) => {
    await using session = openSession({ yieldAfterMs: 60_000 });
    let context: object | undefined = {};
    const kept = new WeakRef(context);
    await runCell(session, { context });
    context = undefined;
    // Its thread may end after its outcome.
    await session.exec("");
    await collected(kept);
  });
});
