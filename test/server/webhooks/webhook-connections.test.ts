import { afterEach, describe, expect, test, vi } from "vitest";
import type { NamedTool } from "../../../src/index.js";
import type { ToolContext } from "../../../src/tools/tool-definition.js";
import { answer, Endpoint } from "../../support/webhook-endpoint.js";

const json = "application/json";
afterEach(() => void vi.useRealTimers());

function call(tool: NamedTool, signal: AbortSignal = new AbortController().signal) {
  const context = { sessionId: "t/s", cellId: "c", callId: "1", attempt: 1, signal };
  return tool.execute({}, context as unknown as ToolContext);
}

/** Resolves when a call waits for its next try: there are the timers of the whole call and of the pause. */
async function pauses(): Promise<void> {
  while (vi.getTimerCount() < 2) await new Promise((resolve) => setImmediate(resolve));
}

describe("a call of a webhook", () => {
  test.each([
    ["read", "keep-alive"],
    ["idempotent", "keep-alive"],
    ["write", "close"],
    [undefined, "close"],
  ])("with the effect %s may use its connection again, or not: %s", async (effect, expected) => {
    await using endpoint = await Endpoint.start(answer(200, json, "1"));
    const tool = endpoint.tool({ effect });
    expect([await call(tool), await call(tool)]).toEqual([1, 1]);
    expect(endpoint.asked.map(({ headers }) => headers.connection)).toEqual([expected, expected]);
  });

  test("leaves no timer when it is answered", async () => {
    await using endpoint = await Endpoint.start(answer(200, json, "1"));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    expect(await call(endpoint.tool())).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is tried again after a quarter of a second, and then a second", async () => {
    await using endpoint = await Endpoint.start(answer(503, json, ""));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const told = Promise.resolve(call(endpoint.tool({ effect: "read", timeoutMs: 60_000 }))).catch(
      ({ message }: Error) => message,
    );
    for (const pauseMs of [250, 1000]) {
      await pauses();
      const before = endpoint.asked.length;
      vi.advanceTimersByTime(pauseMs - 1);
      expect([vi.getTimerCount(), endpoint.asked.length]).toEqual([2, before]);
      vi.advanceTimersByTime(1);
      expect(vi.getTimerCount()).toBe(1);
    }
    expect(await told).toBe("The webhook of refund answered with status 503.");
    expect(endpoint.asked).toHaveLength(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is not tried again once its cell has ended", async () => {
    await using endpoint = await Endpoint.start(answer(503, json, ""));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const ends = new AbortController();
    const told = Promise.resolve(call(endpoint.tool({ effect: "read" }), ends.signal)).catch(
      (error: unknown) => error,
    );
    await pauses();
    const reason = new Error("the cell has ended");
    ends.abort(reason);
    expect(await told).toBe(reason);
    expect([vi.getTimerCount(), endpoint.asked.length]).toEqual([0, 1]);
  });
});
