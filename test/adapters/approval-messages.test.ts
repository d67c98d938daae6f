import { describe, expect, test } from "vitest";
import { ApprovalMessages } from "../../src/adapters/ai/approval-messages.js";

const call = (toolCallId: string, input: unknown): object => ({
  type: "tool-call",
  toolCallId,
  input,
});
const request = (approvalId: string, toolCallId: string, more: object = {}): object => ({
  type: "tool-approval-request",
  approvalId,
  toolCallId,
  ...more,
});
const response = (approvalId: string, approved: unknown, reason?: unknown): object => ({
  type: "tool-approval-response",
  approvalId,
  approved,
  reason,
});
const message = (...content: unknown[]): object => ({ role: "assistant", content });

describe("what messages of the AI SDK say about approvals", () => {
  test.each<readonly [string, readonly unknown[], boolean, object | undefined]>([
    ["nothing", [], false, undefined],
    ["a call", [message(call("c", 1))], false, undefined],
    ["a request", [message(call("c", 1), request("a", "c"))], true, undefined],
    ["a request about another call", [message(request("a", "other"))], false, undefined],
    [
      "an approval",
      [message(request("a", "c")), message(response("a", true))],
      true,
      { approved: true, reason: undefined },
    ],
    [
      "a denial with its reason",
      [message(request("a", "c"), response("a", false, "keep it"))],
      true,
      { approved: false, reason: "keep it" },
    ],
    [
      "an empty reason",
      [message(request("a", "c"), response("a", true, ""))],
      true,
      { approved: true, reason: undefined },
    ],
    [
      "a reason that is none",
      [message(request("a", "c"), response("a", true, 5))],
      true,
      { approved: true, reason: undefined },
    ],
    [
      "an approval that is none",
      [message(request("a", "c"), response("a", "true"))],
      true,
      { approved: false, reason: undefined },
    ],
    [
      "two answers, of which the first counts",
      [message(request("a", "c"), response("a", false), response("a", true))],
      true,
      { approved: false, reason: undefined },
    ],
    [
      "an answer to another request",
      [message(request("a", "c"), response("b", true))],
      true,
      undefined,
    ],
    [
      "an answer before its request",
      [message(response("a", true), request("a", "c"))],
      true,
      undefined,
    ],
    [
      "what the program decides by itself",
      [message(request("a", "c", { isAutomatic: true }), response("a", true))],
      false,
      undefined,
    ],
    [
      "a request that says that it is not so decided",
      [message(request("a", "c", { isAutomatic: false }))],
      true,
      undefined,
    ],
    [
      "what is none",
      [
        null,
        5,
        "text",
        {},
        { content: "text" },
        message(null, "part", {}, 5),
        message(request("a", "c")),
      ],
      true,
      undefined,
    ],
  ])("%s", (_what, messages, isAsked, answer) => {
    const said = new ApprovalMessages(messages);
    expect(said.isAsked("c")).toBe(isAsked);
    expect(said.answerTo("c")).toEqual(answer);
  });

  test("those that were denied have the inputs of their calls", () => {
    const said = new ApprovalMessages([
      message(call("c", { cell_id: "1" }), call("d", 2), call("e", 3)),
      message(request("a", "c"), request("b", "d"), request("x", "e"), request("y", "unknown")),
      message(response("a", false, "no"), response("b", true), response("y", false)),
    ]);
    expect(said.denied).toEqual([
      { input: { cell_id: "1" }, reason: "no" },
      { input: undefined, reason: undefined },
    ]);
    expect(new ApprovalMessages().denied).toEqual([]);
  });
});
