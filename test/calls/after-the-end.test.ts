import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, test } from "vitest";
import { Held, openSession, start } from "../support/cells.js";
import { openCalls } from "../support/open-calls.js";

/** All that could go on has gone on after this. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("when a cell has ended", () => {
  test("a call that comes late is not begun, told or counted", () => {
    const runs: string[] = [];
    const note = { execute: (): void => void runs.push("note") };
    const { calls, call, sent, told } = openCalls({ note });
    call(1);
    expect(calls.abortAll()).toEqual([]);
    call(2);
    expect({
      runs: runs.length,
      count: calls.count,
      sent: sent.length,
      told: told.length,
    }).toEqual({
      runs: 1,
      count: 1,
      sent: 1,
      told: 2,
    });
  });

  test("what an open call answers goes nowhere, and its input no longer counts", async () => {
    const held = new Held<string>();
    const tools = { hold: { execute: (): Promise<string> => held.promise } };
    const { calls, call, sent, told, inputs } = openCalls(tools, { inputBytes: 6 });
    call(1, "abcd");
    expect(inputs.take(1)).toEqual({ limit: 6 });
    expect(calls.abortAll().map(({ name }) => name)).toEqual(["hold"]);
    expect(calls.abortAll()).toEqual([]);
    held.resolve("late");
    await settled();
    expect(sent).toEqual([]);
    expect(told).toMatchObject([
      { type: "toolCallStarted", inputBytes: 6 },
      { type: "toolCallSettled", status: "aborted" },
    ]);
    expect(inputs.take(6)).toBeUndefined();
  });

  test("a call whose input was being checked does not run its tool", async () => {
    const checked = new Held();
    const asked = new Held();
    const runs: string[] = [];
    const inputSchema: StandardSchemaV1 = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: async (value) => {
          asked.resolve();
          await checked.promise;
          return { value };
        },
      },
    };
    const slow = { inputSchema, execute: (): void => void runs.push("slow") };
    await using session = openSession({ tools: { slow } });
    const id = await start(session, "await tools.slow({});");
    await asked.promise;
    await session.terminate(id);
    checked.resolve();
    await settled();
    expect(runs).toEqual([]);
  });
});

describe("bytes are those of UTF-8:", () => {
  test.each([
    ["ten characters of one byte", "abcdefghij", { type: "toolResolved", isAscii: true }],
    ["five of two", "äöüßé", { type: "toolResolved", isAscii: false }],
    ["six of two are too many", "äöüßéà", { type: "toolRejected" }],
    ["eleven of one are too many", "abcdefghijk", { type: "toolRejected" }],
  ])("of a result, %s", (_, result, answer) => {
    const { call, sent } = openCalls({ give: { execute: () => result } });
    call(1);
    expect(sent).toMatchObject([answer]);
  });

  test("of an input", () => {
    const { call, sent, told } = openCalls({ take: { execute: () => 1 } }, { inputBytes: 4 });
    call(1, "ä");
    call(2, "äb");
    expect(sent).toMatchObject([
      { type: "toolResolved", callId: 1 },
      { type: "toolRejected", callId: 2, message: expect.stringContaining("of 5 bytes") },
    ]);
    expect(told).toMatchObject([
      { type: "toolCallStarted", inputBytes: 4 },
      { type: "toolCallSettled", status: "fulfilled", resultBytes: 1 },
    ]);
  });
});

test("the message of a failed call is cut where it is longer than 65 536 characters", () => {
  const messageOf = (length: number): unknown => {
    const fail = (): never => {
      throw new Error("x".repeat(length));
    };
    const { call, sent } = openCalls({ fail: { execute: fail } });
    call(1);
    const [answer] = sent;
    return answer?.type === "toolRejected" ? answer.message : answer;
  };
  expect(messageOf(65_536)).toBe("x".repeat(65_536));
  expect(messageOf(65_537)).toBe(`${"x".repeat(65_536)}…`);
});
