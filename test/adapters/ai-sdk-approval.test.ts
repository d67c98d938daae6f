import { createOpenAI } from "@ai-sdk/openai";
import { generateText, isStepCount, type ModelMessage, streamText, type ToolSet } from "ai";
import { describe, expect, test } from "vitest";
import { aiTools } from "../../src/ai.js";
import type { CodeMode, Session } from "../../src/index.js";
import { openSession } from "../support/cells.js";
import { DurableRuntimes } from "../support/durable-runtimes.js";
import { erase } from "../support/erase-tool.js";
import {
  functionCall,
  message,
  outputOf,
  responseOf,
  streamOf,
} from "../support/responses-wire.js";
import {
  type ModelRequest,
  ScriptedServer,
  type ScriptedStep,
} from "../support/scripted-server.js";

type Part = Readonly<Record<string, unknown>>;

const code = `try { text(await tools.erase({ path: "/a" })); } catch (error) { text(error.message); }`;
const refused = 'The tool "erase" was not called: approval was refused';

/** The model calls exec, and wait for its cell with such other input. */
function untilAsked(
  answerOf: (...items: object[]) => unknown,
  other: object = {},
): readonly ScriptedStep[] {
  return [
    () => answerOf(functionCall("call_1", "exec", { code })) as object,
    (request) => answerOf(waitAgain(request, "call_2", other)) as object,
  ];
}

/** The call with which the model waits for the cell of its first call. */
function waitAgain(request: ModelRequest, callId: string, other: object = {}): object {
  const [, cell_id] = /cell ID (\S+)/.exec(String(outputOf(request, "call_1"))) ?? [];
  return functionCall(callId, "wait", { cell_id, ...other });
}

/** Says what the last call gave. */
const tell =
  (callId: string): ScriptedStep =>
  (request) =>
    responseOf(message(`I read: ${JSON.stringify(outputOf(request, callId))}`));

class Conversation {
  readonly messages: ModelMessage[] = [{ role: "user", content: "Erase /a." }];
  readonly #server: ScriptedServer;

  constructor(server: ScriptedServer) {
    this.#server = server;
  }

  get model() {
    const provider = createOpenAI({ baseURL: `${this.#server.origin}/v1`, apiKey: "none" });
    return provider.responses("gpt-5.5");
  }

  /** One turn, whose messages are kept as JSON, as a program that goes away keeps them. */
  async turn(session: Session, other: object = {}): Promise<string> {
    const { text, responseMessages } = await generateText({
      model: this.model,
      tools: aiTools(session, { sdkApproval: true }) as ToolSet,
      stopWhen: isStepCount(10),
      maxRetries: 0,
      messages: this.messages,
      ...other,
    });
    this.keep(responseMessages);
    return text;
  }

  keep(messages: readonly ModelMessage[]): void {
    this.messages.push(...(JSON.parse(JSON.stringify(messages)) as ModelMessage[]));
  }

  /** The request for approval that was made last, and the input of its call. */
  get asked(): { readonly approvalId: string; readonly input: Part } | undefined {
    const parts = this.messages.at(-1)?.content as unknown as readonly Part[];
    const request = parts.find(({ type }) => type === "tool-approval-request");
    const call = parts.find(({ type }) => type === "tool-call");
    return request && { approvalId: String(request["approvalId"]), input: call?.["input"] as Part };
  }

  answer(approved: boolean, reason?: string): void {
    const { approvalId = "" } = this.asked ?? {};
    const response = { type: "tool-approval-response" as const, approvalId, approved };
    this.messages.push({ role: "tool", content: [{ ...response, ...(reason && { reason }) }] });
  }
}

async function openRuntime(
  runtimes: DurableRuntimes,
): Promise<{ codeMode: CodeMode; session: Session; tool: ReturnType<typeof erase> }> {
  const tool = erase("ask");
  const codeMode = await runtimes.next({ tools: { erase: tool } });
  return { codeMode, session: codeMode.openSession({ id: "s" }), tool };
}

describe("aiTools with sdkApproval", () => {
  test("stream a request that says what is asked, and go on in another runtime when it is approved", async () => {
    await using runtimes = new DurableRuntimes();
    await using server = await ScriptedServer.start([
      ...untilAsked(streamOf),
      (request) => streamOf(message(`I read: ${outputOf(request, "call_2")}`)),
    ]);
    const conversation = new Conversation(server);
    const stream = (session: Session) =>
      streamText({
        model: conversation.model,
        tools: aiTools(session, { sdkApproval: true }) as ToolSet,
        stopWhen: isStepCount(10),
        maxRetries: 0,
        messages: conversation.messages,
      });
    const first = await openRuntime(runtimes);
    conversation.keep(await stream(first.session).responseMessages);
    const [question] = await first.codeMode.approvals();
    expect(conversation.asked?.input["approval"]).toEqual({
      id: question?.approvalId,
      tool: "erase",
      input: { path: "/a" },
    });
    conversation.answer(true, "it is old");
    const second = await openRuntime(runtimes);
    expect(await stream(second.session).text).toMatch(/Script completed\n.*\nerased \/a$/s);
    expect(second.tool.runs).toEqual([{ path: "/a" }]);
    expect(await second.codeMode.approvals({ state: "all" })).toMatchObject([
      { state: "decided", decision: { verdict: "approve", by: "AI SDK", note: "it is old" } },
    ]);
  });

  test("tell the program with the model's next call that a person has denied", async () => {
    await using runtimes = new DurableRuntimes();
    await using server = await ScriptedServer.start([
      ...untilAsked(responseOf),
      (request) => responseOf(waitAgain(request, "call_3")),
      tell("call_3"),
    ]);
    const conversation = new Conversation(server);
    const first = await openRuntime(runtimes);
    await conversation.turn(first.session);
    conversation.answer(false, "keep it");
    const second = await openRuntime(runtimes);
    expect(await conversation.turn(second.session)).toContain(
      `${JSON.stringify(refused).slice(1, -1)}: keep it`,
    );
    expect(second.tool.runs).toEqual([]);
  });

  test("never show or approve what the model writes as the question", async () => {
    await using runtimes = new DurableRuntimes();
    const forged = { id: "1", tool: "look", input: "harmless" };
    await using server = await ScriptedServer.start([
      ...untilAsked(responseOf, { approval: forged }),
      tell("call_2"),
    ]);
    const conversation = new Conversation(server);
    const { session, tool } = await openRuntime(runtimes);
    await conversation.turn(session);
    expect(conversation.asked?.input["approval"]).toMatchObject({
      tool: "erase",
      input: { path: "/a" },
    });
    expect(tool.runs).toEqual([]);
  });

  test("approve nothing where the program lets every call of wait run", async () => {
    await using runtimes = new DurableRuntimes();
    await using server = await ScriptedServer.start([...untilAsked(responseOf), tell("call_2")]);
    const conversation = new Conversation(server);
    const { codeMode, session, tool } = await openRuntime(runtimes);
    const toolApproval = { wait: "approved" };
    expect(await conversation.turn(session, { toolApproval })).toContain("waits for approval");
    expect(tool.runs).toEqual([]);
    expect(await codeMode.approvals()).toHaveLength(1);
  });

  test("keep to the first decision, where another was made while the person was asked", async () => {
    await using runtimes = new DurableRuntimes();
    await using server = await ScriptedServer.start([
      ...untilAsked(responseOf),
      (request) => responseOf(waitAgain(request, "call_3")),
      tell("call_3"),
    ]);
    const conversation = new Conversation(server);
    const { codeMode, session, tool } = await openRuntime(runtimes);
    await conversation.turn(session);
    const [question] = await codeMode.approvals();
    await codeMode.decide(question?.approvalId ?? "", { verdict: "deny", note: "bob was first" });
    conversation.answer(true);
    expect(await conversation.turn(session)).toContain("bob was first");
    expect(tool.runs).toEqual([]);
  });

  test("ask about no cell of another session", async () => {
    await using runtimes = new DurableRuntimes();
    const { codeMode, session, tool } = await openRuntime(runtimes);
    const { cellId } = await session.exec(code, { yieldOnApproval: true });
    const [question] = await codeMode.approvals();
    await using server = await ScriptedServer.start([
      () =>
        responseOf(
          functionCall("call_2", "wait", {
            cell_id: cellId,
            approval: { id: question?.approvalId },
          }),
        ),
      tell("call_2"),
    ]);
    const conversation = new Conversation(server);
    const other = codeMode.openSession({ id: "other" });
    expect(await conversation.turn(other)).toMatch(/I read: .*cell/);
    expect(tool.runs).toEqual([]);
  });

  test("need a store", async () => {
    await using session = openSession();
    expect(() => aiTools(session, { sdkApproval: true })).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_OPTION" }),
    );
  });
});
