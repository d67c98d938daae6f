import { describe, expect, test } from "vitest";
import type { ApprovalRequest, ToolDefinition } from "../../src/index.js";
import { openSession, shownBy } from "../support/cells.js";

/** What comes of calls with these inputs where the plan has those, and what was asked. */
async function outcomeOf(
  planned: readonly unknown[],
  inputs: readonly unknown[],
  approval?: ToolDefinition["approval"],
) {
  const asked: ApprovalRequest[] = [];
  await using session = openSession({
    tools: { send: { ...(approval !== undefined && { approval }), execute: () => "sent" } },
    onApproval: (request) => {
      asked.push(request);
      return { approved: false, reason: "not planned" };
    },
  });
  const calls = planned.map((input) => ({ tool: "send", input, isAssumed: false }));
  const source = `
    for (const input of ${JSON.stringify(inputs)}) {
      text(await tools.send(input).catch(() => "refused"));
    }`;
  return { texts: shownBy(await session.exec(source, { approve: { calls } })), asked };
}

describe("a plan lets through", () => {
  test.each<readonly [string, readonly unknown[], readonly unknown[], readonly string[]]>([
    [
      "a call as often as it has it",
      [{ n: 1 }, { n: 1 }],
      [{ n: 1 }, { n: 1 }, { n: 1 }],
      ["sent", "sent", "refused"],
    ],
    [
      "an input whose keys come in another order, at any depth",
      [{ a: 1, b: [{ c: null, d: 2 }] }],
      [{ b: [{ d: 2, c: null }], a: 1 }],
      ["sent"],
    ],
    ["a list in its order only", [{ list: [1, 2] }], [{ list: [2, 1] }], ["refused"]],
    ["no object for a list", [{ list: [1] }], [{ list: { 0: 1 } }], ["refused"]],
    ["no list for an object", [{ list: { 0: 1 } }], [{ list: [1] }], ["refused"]],
    ["no text for a number", [{ n: 1 }], [{ n: "1" }], ["refused"]],
  ])("%s", async (_what, planned, inputs, expected) => {
    expect((await outcomeOf(planned, inputs)).texts).toEqual(expected);
  });

  test.each<readonly [string, ToolDefinition["approval"]]>([
    ["at once", () => "deny"],
    ["after a while", async () => "deny" as const],
  ])("no call that its tool denies %s", async (_when, approval) => {
    const { texts, asked } = await outcomeOf([{ n: 1 }], [{ n: 1 }], approval);
    expect([texts, asked]).toEqual([["refused"], []]);
  });

  test("nothing else without asking, with the reason of the tool where it has one", async () => {
    const reason = "it costs something";
    const { asked } = await outcomeOf([], [{ n: 1 }], { policy: "ask", reason });
    expect(asked).toMatchObject([{ input: { n: 1 }, reason }]);
    const { asked: others } = await outcomeOf([], [{ n: 1 }], "auto");
    expect(others).toMatchObject([{ reason: "the call is not in the approved plan" }]);
  });
});
