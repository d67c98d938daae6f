import { describe, expect, test } from "vitest";
import { callAsTask } from "../../src/mcp/client/task-call.js";

describe("a call of a tool that runs as a task", () => {
  const call = { name: "slow", arguments: {} };
  const anyResult = {};

  /** What was asked, and what the call gives, where the requests are answered so one after the other. */
  async function run(answers: readonly unknown[], signal?: AbortSignal) {
    const asked: unknown[] = [];
    const request = async (what: object, _schema: object, options: object) => {
      asked.push([what, options]);
      const given = answers[asked.length - 1];
      if (given instanceof Error) throw given;
      return given;
    };
    const options = { timeout: 5, ...(signal && { signal }) };
    const calling = callAsTask({ request }, call, { anyResult, options });
    const result = await calling.catch((error: unknown) => error);
    return { asked, result, options };
  }

  const begin = { method: "tools/call", params: { ...call, task: {} } };
  const params = { taskId: "7" };

  test("asks for the result of the task", async () => {
    const { asked, result, options } = await run([{ task: params }, { content: [] }]);
    expect(result).toEqual({ content: [] });
    expect(asked).toEqual([
      [begin, options],
      [{ method: "tasks/result", params }, options],
    ]);
  });

  test.each([{ content: [] }, { task: {} }, { task: null }, { task: { taskId: 7 } }])(
    "has the answer %j where that names no task",
    async (answered) => {
      const { asked, result } = await run([answered]);
      expect([asked.length, result]).toEqual([1, answered]);
    },
  );

  test("fails as the task does, which is not cancelled then", async () => {
    const { signal } = new AbortController();
    const error = new Error("no disk");
    for (const given of [signal, undefined]) {
      const { asked, result } = await run([{ task: params }, error], given);
      expect([asked.length, result]).toEqual([2, error]);
    }
  });

  test("cancels the task where it is aborted, and fails as it would where that fails too", async () => {
    const error = new Error("aborted");
    const signal = AbortSignal.abort();
    const { asked, result } = await run([{ task: params }, error, new Error("gone")], signal);
    expect(result).toBe(error);
    expect(asked[2]).toEqual([{ method: "tasks/cancel", params }, {}]);
    await new Promise(setImmediate);
  });
});
