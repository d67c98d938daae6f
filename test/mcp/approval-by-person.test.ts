import type { ClientCapabilities } from "@modelcontextprotocol/server";
import { describe, expect, test } from "vitest";
import type { ApprovalRequest } from "../../src/index.js";
import { askClientForApproval } from "../../src/mcp/server/client-approval.js";
import type { Ask, Reach } from "../../src/mcp/server/reach.js";

const never = new AbortController().signal;
const cannotAsk = expect.stringContaining("the MCP client cannot ask its person");

/** What becomes of a call, and what the person was asked. */
async function decide(
  elicitation: ClientCapabilities["elicitation"],
  action = "accept",
  request: Partial<ApprovalRequest> = {},
) {
  const asks: Ask[] = [];
  const reach: Reach = {
    client: {},
    capabilities: elicitation === undefined ? {} : { elicitation },
    ask: async (ask) => {
      asks.push(ask);
      return { action };
    },
    log: async () => {},
  };
  const call = { tool: "erase", input: { path: "/a" }, ...request } as ApprovalRequest;
  return { answer: await askClientForApproval(reach, call, never), asks };
}

describe("the person at a client", () => {
  test.each([
    [{}, true],
    [{ form: {} }, true],
    [{ form: {}, url: {} }, true],
    [{ url: {} }, false],
    [undefined, false],
  ])("can be asked where the client has the elicitation %j: %s", async (elicitation, can) => {
    const { answer, asks } = await decide(elicitation);
    expect(answer).toEqual(can ? true : { approved: false, reason: cannotAsk });
    expect(asks).toHaveLength(can ? 1 : 0);
  });

  test.each([
    ["accept", true],
    ["decline", { approved: false, reason: "the person at the client said no" }],
    ["cancel", { approved: false, reason: "the person at the client did not answer" }],
    ["Accept", { approved: false, reason: "the person at the client did not answer" }],
    ["", { approved: false, reason: "the person at the client did not answer" }],
  ])("who answers %j decides", async (action, answer) => {
    expect((await decide({}, action)).answer).toEqual(answer);
  });

  test.each<readonly [string, Partial<ApprovalRequest>, string]>([
    ["the tool and its input", {}, 'the tool erase. Its input:\n{"path":"/a"}'],
    [
      "why they are asked",
      { reason: "it erases" },
      'the tool erase. It needs approval: "it erases". Its input:\n{"path":"/a"}',
    ],
    [
      "what would be hidden as what it is",
      { reason: "a\u202eb" },
      'the tool erase. It needs approval: "a\\u202eb". Its input:\n{"path":"/a"}',
    ],
  ])("reads %s", async (_what, request, message) => {
    const { asks } = await decide({}, "accept", request);
    expect(asks).toEqual([
      {
        method: "elicitation/create",
        params: {
          message: `A program wants to call ${message}`,
          requestedSchema: { type: "object", properties: {} },
        },
        signal: never,
      },
    ]);
  });

  test("reads the beginning of what is long, and that there is more", async () => {
    const reason = "r".repeat(3000);
    const { asks } = await decide({}, "accept", { reason, input: "x".repeat(10_000) });
    const message = String(asks[0]?.params["message"]);
    expect(message.length).toBeLessThan(6000);
    expect(message).not.toContain("r".repeat(1001));
    expect(message.split("\n").at(-1)).toMatch(/more/);
  });
});
