import { tool } from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type AiToolSourceOptions, aiToolSource, aiTools } from "../../src/ai.js";
import type { ApprovalRequest } from "../../src/index.js";
import { openSession, runToTexts } from "../support/cells.js";

describe("approval in the AI SDK's terms", () => {
  /** A tool that says it ran; `asks` is its own word on approval. */
  const erase = (asks?: boolean | ToolNeedsApproval) =>
    tool({
      contextSchema: z.object({ user: z.string() }),
      inputSchema: z.object({ path: z.string() }),
      ...(asks !== undefined && { needsApproval: asks }),
      execute: ({ path }) => `erased ${path}`,
    });
  type ToolNeedsApproval = (
    input: { path: string },
    options: { toolCallId: string; messages: unknown[]; context: { user: string } },
  ) => boolean | PromiseLike<boolean>;

  const toolsContext = { erase: { user: "Ada" } };
  const program = `await tools.erase({ path: "/a" }).then(text, (error) => text(error.message));`;
  const notCalled = (why: string): string => `The tool "erase" was not called: ${why}`;
  const unasked = notCalled(
    "it needs approval, and no handler is set that could give it: set onApproval in the options of createCodeMode, openSession or exec.",
  );

  test.each<readonly [string, boolean | ToolNeedsApproval | undefined, string]>([
    ["none", undefined, "erased /a"],
    ["false", false, "erased /a"],
    ["true", true, unasked],
    ["a function that wants it", async ({ path }) => path === "/a", unasked],
    ["a function that does not", ({ path }) => path !== "/a", "erased /a"],
    [
      "a function that looks at its options",
      (_input, { toolCallId, messages, context }) =>
        toolCallId === "1-1" && messages.length === 0 && context.user === "Ada",
      unasked,
    ],
    [
      "a function that fails",
      () => {
        throw new Error("no rules");
      },
      notCalled('its "approval" failed: no rules'),
    ],
  ])("is asked for by needsApproval: %s", async (_what, needsApproval, expected) => {
    const source = aiToolSource({ erase: erase(needsApproval) }, { toolsContext });
    expect(await runToTexts(program, { tools: source })).toEqual([expected]);
  });

  test("is given or refused by onApproval, which aiTools takes too", async () => {
    const answers = [true, false];
    const seen: ApprovalRequest[] = [];
    await using session = openSession({
      tools: aiToolSource({ erase: erase(true) }, { toolsContext }),
      onApproval: () => {
        throw new Error("not the one to ask");
      },
    });
    const { exec } = aiTools(session, {
      onApproval: (request) => {
        seen.push(request);
        return answers.shift();
      },
    });
    const output = await exec.execute?.(
      { code: program.repeat(2) },
      { toolCallId: "call_1", messages: [], context: {} },
    );
    expect(output).toMatchObject({
      content: [{}, { text: "erased /a" }, { text: notCalled("approval was refused.") }],
    });
    expect(seen.map(({ input, tool: name }) => [name, input])).toEqual([
      ["erase", { path: "/a" }],
      ["erase", { path: "/a" }],
    ]);
  });

  const wanted = erase(true);
  test.each<readonly [string, NonNullable<AiToolSourceOptions["toolApproval"]>, string]>([
    ["not-applicable", { erase: "not-applicable" }, "erased /a"],
    ["approved", { erase: "approved" }, "erased /a"],
    ["user-approval", { erase: "user-approval" }, unasked],
    ["denied", { erase: "denied" }, notCalled("the call is denied.")],
    [
      "denied, and why",
      { erase: { type: "denied", reason: "after hours" } },
      notCalled("the call is denied: after hours"),
    ],
    ["a status for another tool", { other: "approved" }, unasked],
    [
      "a function for the tool",
      {
        erase: async (
          input: { path: string },
          {
            runtimeContext,
            toolContext,
          }: object & {
            runtimeContext: unknown;
            toolContext: unknown;
          },
        ) => ({
          type: "denied",
          reason: JSON.stringify([input.path, runtimeContext, toolContext]),
        }),
      } as never,
      notCalled('the call is denied: ["/a",{"night":true},{"user":"Ada"}]'),
    ],
    [
      "a function for all tools",
      ({ toolCall, runtimeContext }) => ({
        type: "denied",
        reason: JSON.stringify([toolCall.toolName, toolCall.input, runtimeContext]),
      }),
      notCalled('the call is denied: ["erase",{"path":"/a"},{"night":true}]'),
    ],
    ["a function that says nothing", () => undefined, "erased /a"],
    [
      "a function that says something else",
      () => "perhaps" as never,
      notCalled('its "approval" must give "auto", "ask" or "deny", and gave a string "perhaps".'),
    ],
  ])("is asked for by toolApproval before needsApproval: %s", async (_what, toolApproval, text) => {
    const options = { toolsContext, toolApproval, runtimeContext: { night: true } };
    const source = aiToolSource({ erase: wanted }, options);
    expect(await runToTexts(program, { tools: source })).toEqual([text]);
  });
});
