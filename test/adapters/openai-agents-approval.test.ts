import { Agent, OpenAIResponsesModel, Runner, RunState } from "@openai/agents";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { CodeMode, Decision, Session } from "../../src/index.js";
import { openaiAgentTools } from "../../src/openai.js";
import { openSession } from "../support/cells.js";
import { DurableRuntimes } from "../support/durable-runtimes.js";
import { callIt, erase } from "../support/erase-tool.js";
import { functionCall, message, outputOf, responseOf } from "../support/responses-wire.js";
import { ScriptedServer, type ScriptedStep } from "../support/scripted-server.js";

const runner = new Runner({ tracingDisabled: true });

/** The model calls exec, waits for its cell, and says what came of that. */
const conversation: readonly ScriptedStep[] = [
  () => responseOf(functionCall("a", "exec", { code: callIt })),
  (request) => {
    const [, cell_id] = /cell ID (\S+)/.exec(String(outputOf(request, "a"))) ?? [];
    return responseOf(functionCall("b", "wait", { cell_id }));
  },
  (request) => responseOf(message(`I read: ${outputOf(request, "b")}`)),
];

function agentAt(server: ScriptedServer, session: Session) {
  const client = new OpenAI({ baseURL: `${server.origin}/v1`, apiKey: "none", maxRetries: 0 });
  const model = new OpenAIResponsesModel(client, "gpt-5.5");
  return new Agent({
    name: "keeper",
    model,
    tools: openaiAgentTools(session, { sdkApproval: true }),
  });
}

async function openRuntime(
  runtimes: DurableRuntimes,
): Promise<{ codeMode: CodeMode; session: Session; tool: ReturnType<typeof erase> }> {
  const tool = erase("ask");
  const codeMode = await runtimes.next({ tools: { erase: tool } });
  return { codeMode, session: codeMode.openSession({ id: "s" }), tool };
}

/** Runs until a person is asked, ends that runtime, and goes on in the next from what the SDK and the store kept. */
async function answered(decision: Decision | undefined, does: "approve" | "reject") {
  await using runtimes = new DurableRuntimes();
  await using server = await ScriptedServer.start(conversation);
  const first = await openRuntime(runtimes);
  const result = await runner.run(agentAt(server, first.session), "Erase /a.");
  const asked = result.interruptions.map(({ name }) => name);
  const kept = result.state.toString();

  const second = await openRuntime(runtimes);
  const agent = agentAt(server, second.session);
  const state = await RunState.fromString(agent, kept);
  const [interruption] = state.getInterruptions();
  if (interruption === undefined) throw new Error("The run was not interrupted.");
  const { cell_id: cellId } = JSON.parse(interruption.arguments ?? "{}") as { cell_id: string };
  const questions = await second.codeMode.approvals({ cellId });
  if (decision !== undefined) {
    await second.codeMode.decide(questions[0]?.approvalId ?? "", decision);
  }
  state[does](interruption);
  const { finalOutput } = await runner.run(agent, state);
  const open = await second.codeMode.approvals();
  return { asked, questions, finalOutput, runs: [...first.tool.runs, ...second.tool.runs], open };
}

describe("openaiAgentTools with sdkApproval", () => {
  test("interrupt the run while a cell waits for approval, and go on in another runtime", async () => {
    const { asked, questions, finalOutput, runs } = await answered(
      { verdict: "approve", by: "ann" },
      "approve",
    );
    expect(asked).toEqual(["wait"]);
    expect(questions).toMatchObject([{ tool: "erase", input: { path: "/a" }, state: "open" }]);
    expect(finalOutput).toMatch(/Script completed\n.*erased \/a/s);
    expect(runs).toEqual([{ path: "/a" }]);
  });

  test("tell the program that a person has denied", async () => {
    const { finalOutput, runs } = await answered({ verdict: "deny", note: "keep it" }, "approve");
    expect(finalOutput).toContain("approval was refused: keep it");
    expect(runs).toEqual([]);
  });

  test.each(["approve", "reject"] as const)(
    "run nothing of what nobody has decided, whether the call of wait is one to %s",
    async (does) => {
      const { runs, open } = await answered(undefined, does);
      expect(runs).toEqual([]);
      expect(open).toHaveLength(1);
    },
  );

  test("need a store, and do not interrupt the termination of a cell", async () => {
    await using session = openSession();
    expect(() => openaiAgentTools(session, { sdkApproval: true })).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_OPTION" }),
    );
    await using runtimes = new DurableRuntimes();
    const { session: durable } = await openRuntime(runtimes);
    const { cellId } = await durable.exec(callIt, { yieldOnApproval: true });
    const [exec, wait] = openaiAgentTools(durable, { sdkApproval: true });
    expect(exec?.description).not.toContain("a person is asked");
    expect(wait?.description).toMatch(/ call wait: a person is asked then\.$/);
    expect(await wait?.needsApproval(undefined, { cell_id: cellId })).toBe(true);
    expect(await wait?.needsApproval(undefined, { cell_id: cellId, terminate: true })).toBe(false);
    for (const input of [{}, null, "x", { cell_id: 5 }, { cell_id: "other" }]) {
      expect(await wait?.needsApproval(undefined, input)).toBe(false);
    }
  });
});
