import type { Tool } from "ai";
import { expect, test } from "vitest";
import { aiTools } from "../../src/ai.js";
import { anthropicTools } from "../../src/anthropic.js";
import { createModelTools, type Session } from "../../src/index.js";
import { openaiTools } from "../../src/openai.js";
import { Held, openSession } from "../support/cells.js";
import { callIt, erase } from "../support/erase-tool.js";

const code = `const asked = (async () => { ${callIt} })(); yield_control(); await asked;`;
const note = "Note: the script waits for approval of tools.erase.";

const answers: Readonly<Record<string, (session: Session) => Promise<unknown>>> = {
  createModelTools: (session) => createModelTools(session).exec.execute({ code }),
  aiTools: async (session) => {
    const { execute } = aiTools(session).exec as Tool;
    return execute?.({ code }, { toolCallId: "a", messages: [], context: {} });
  },
  anthropicTools: (session) =>
    anthropicTools(session).dispatch([
      { type: "tool_use", id: "a", name: "exec", input: { code } } as never,
    ]),
  openaiTools: (session) =>
    openaiTools(session).dispatch([
      { type: "custom_tool_call", call_id: "a", name: "exec", input: code } as never,
    ]),
};

test.each(Object.entries(answers))(
  "%s says of a yielded program that it waits for approval",
  async (_, answer) => {
    const decision = new Held<boolean>();
    await using session = openSession({
      tools: { erase: erase("ask") },
      onApproval: () => decision.promise,
    });
    expect(JSON.stringify(await answer(session))).toContain(note);
    const waiting = await session.wait("1", { yieldAfterMs: 0 });
    expect(waiting).toMatchObject({ status: "yielded", pendingApprovals: ["erase"] });
    decision.resolve(true);
    expect(await session.wait("1")).toMatchObject({
      status: "completed",
      output: [{ text: "erased /a" }],
    });
  },
);
