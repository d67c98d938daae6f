import { describe, expect, test } from "vitest";
import type { CodeMode, Session } from "../../src/index.js";
import { type InterruptFunction, langchainTools } from "../../src/langchain.js";
import { DurableRuntimes, waitToEnd } from "../support/durable-runtimes.js";
import { callIt, erase } from "../support/erase-tool.js";
import { langchainCore, type MadeTool } from "../support/langchain-core.js";

interface Question {
  readonly approvalId: string;
  readonly input: unknown;
}

/** A durable session whose calls of `erase` wait for approval, and LangGraph's `interrupt` as a test has it. */
async function asking(runtimes: DurableRuntimes, interrupt: InterruptFunction) {
  const tool = erase("ask");
  const codeMode = await runtimes.next({ tools: { erase: tool } });
  const session = codeMode.openSession({ id: "s" });
  const tools = langchainTools(session, { ...langchainCore, interrupt }, { sdkApproval: true });
  const [exec, wait] = tools as [MadeTool, MadeTool];
  return { codeMode, session, tool, exec, wait };
}

/** Graphs that go on at once: each question is answered so. */
function answering(answer: (question: Question) => unknown) {
  const shown: Question[][] = [];
  const interrupt: InterruptFunction = (value) => {
    const { approvals } = value as { readonly approvals: Question[] };
    shown.push(approvals);
    return Object.fromEntries(approvals.map((one) => [one.approvalId, answer(one)]));
  };
  return { shown, interrupt };
}

const left = Object.assign(new Error("the graph is left"), { is_bubble_up: true });

/** A graph that is left as it is: `interrupt` throws. */
const leaving: InterruptFunction = () => {
  throw left;
};

async function openQuestions(codeMode: CodeMode): Promise<number> {
  return (await codeMode.approvals()).length;
}

function yieldedCell(session: Session, code = callIt): Promise<string> {
  return session.exec(code, { yieldOnApproval: true }).then(({ cellId }) => cellId);
}

describe("langchainTools with sdkApproval", () => {
  test("tell the model to wait for what a person is asked", async () => {
    await using runtimes = new DurableRuntimes();
    const { exec, wait } = await asking(runtimes, leaving);
    expect(exec.fields["description"]).not.toContain("a person is asked");
    expect(wait.fields["description"]).toMatch(/ call wait, .*: a person is asked then\.$/);
  });

  test("answer when a program waits for approval, and ask with what is shown of its call", async () => {
    await using runtimes = new DurableRuntimes();
    const { shown, interrupt } = answering(() => ({ verdict: "approve" }));
    const { exec, wait, tool } = await asking(runtimes, interrupt);
    const answer = await exec.invoke({ code: callIt });
    expect(answer).toMatch(/^Script running.*waits for approval of tools\.erase/s);
    const [, cell_id = ""] = /cell ID (\S+)/.exec(String(answer)) ?? [];
    expect(await wait.invoke({ cell_id })).toMatch(/\nerased \/a$/);
    expect(shown).toEqual([
      [
        {
          approvalId: expect.any(String),
          cellId: cell_id,
          tool: "erase",
          input: { path: "/a" },
        },
      ],
    ]);
    expect(tool.runs).toEqual([{ path: "/a" }]);
  });

  test("take each decision for its own question", async () => {
    await using runtimes = new DurableRuntimes();
    const { shown, interrupt } = answering(({ input }) =>
      (input as { path: string }).path === "/a"
        ? { verdict: "approve", input: { path: "/tmp" } }
        : { verdict: "deny", note: "keep it" },
    );
    const { session, wait, tool } = await asking(runtimes, interrupt);
    const both = `
      const asked = await Promise.allSettled(["/a", "/b"].map((path) => tools.erase({ path })));
      for (const { value, reason } of asked) text(value ?? reason.message);
    `;
    const cell_id = await yieldedCell(session, both);
    await session.wait(cell_id, { yieldOnApproval: true });
    expect(await wait.invoke({ cell_id })).toMatch(/\nerased \/tmp\n.*refused: keep it$/s);
    expect(shown.map((questions) => questions.length)).toEqual([2]);
    expect(tool.runs).toEqual([{ path: "/tmp" }]);
  });

  test("ask about what is open alone", async () => {
    await using runtimes = new DurableRuntimes();
    const { shown, interrupt } = answering(() => ({ verdict: "approve" }));
    const { wait, session } = await asking(runtimes, interrupt);
    const cell_id = await yieldedCell(session, `await tools.erase({ path: "/a" }); ${callIt}`);
    await wait.invoke({ cell_id });
    await session.wait(cell_id, { yieldOnApproval: true });
    expect(await wait.invoke({ cell_id })).toMatch(/\nerased \/a$/);
    expect(shown.map((questions) => questions.length)).toEqual([1, 1]);
  });

  test("leave the question open where the graph is interrupted, and show its reason", async () => {
    await using runtimes = new DurableRuntimes();
    const codeMode = await runtimes.next({
      tools: { erase: erase(() => ({ policy: "ask", reason: "it is yours" })) },
    });
    const session = codeMode.openSession({ id: "s" });
    const { shown, interrupt } = answering(() => undefined);
    const core = {
      ...langchainCore,
      interrupt: (value: unknown) => {
        interrupt(value);
        return leaving(value);
      },
    };
    const [, wait] = langchainTools(session, core, { sdkApproval: true });
    const cell_id = await yieldedCell(session);
    await expect(wait?.invoke({ cell_id })).rejects.toBe(left);
    expect(shown).toMatchObject([[{ reason: "it is yours" }]]);
    expect(await openQuestions(codeMode)).toBe(1);
  });

  test("ask nobody where a call of wait ends its cell, names none, or finds nothing open", async () => {
    await using runtimes = new DurableRuntimes();
    const { session, wait } = await asking(runtimes, leaving);
    const ended = await session.exec("1");
    expect(JSON.stringify(await wait.invoke({ cell_id: ended.cellId }))).not.toContain("approval");
    for (const input of [{}, null, { cell_id: 5 }, "x"]) {
      expect(await wait.invoke(input)).toMatchObject({ fields: { status: "error" } });
    }
    const cell_id = await yieldedCell(session);
    expect(await wait.invoke({ cell_id, terminate: true })).toMatch(/^Script terminated/);
  });

  test("pass over a question that was decided elsewhere while a person was asked", async () => {
    await using runtimes = new DurableRuntimes();
    const decided: Promise<unknown>[] = [];
    const { session, codeMode, wait, tool } = await asking(runtimes, (value) => {
      const [{ approvalId }] = (value as { approvals: [Question] }).approvals;
      decided.push(codeMode.decide(approvalId, { verdict: "deny", note: "elsewhere" }));
      return { [approvalId]: { verdict: "approve" } };
    });
    const cell_id = await yieldedCell(session);
    const [answer] = await Promise.all([wait.invoke({ cell_id }), ...decided]);
    expect(answer).toMatch(/elsewhere$/);
    expect(tool.runs).toEqual([]);
  });

  test("leave a question open to which the graph brings no decision", async () => {
    await using runtimes = new DurableRuntimes();
    const { codeMode, session, wait, tool } = await asking(runtimes, () => ({}));
    const cell_id = await yieldedCell(session);
    expect(await wait.invoke({ cell_id })).toMatch(/waits for approval of tools\.erase/);
    const [question] = await codeMode.approvals();
    await codeMode.decide(question?.approvalId ?? "", { verdict: "approve" });
    expect(await waitToEnd(session, cell_id)).toMatchObject({ status: "completed" });
    expect(tool.runs).toHaveLength(1);
  });

  const each = /"resume" must be a decision for each question by its id/;
  test.each<readonly [string, unknown, RegExp]>([
    ["text", "approve", each],
    ["nothing", null, each],
    ["a list", [{ verdict: "approve" }], each],
    ["another id", { other: { verdict: "approve" } }, /asked no question with the id "other"/],
  ])("decide nothing where a graph is resumed with %s", async (_what, resume, message) => {
    await using runtimes = new DurableRuntimes();
    const { codeMode, session, wait } = await asking(runtimes, () => resume);
    const cell_id = await yieldedCell(session);
    await expect(wait.invoke({ cell_id })).rejects.toMatchObject({
      code: "ERR_INVALID_OPTION",
      message: expect.stringMatching(message),
    });
    expect(await openQuestions(codeMode)).toBe(1);
  });

  test("decide nothing where one of the decisions is none", async () => {
    await using runtimes = new DurableRuntimes();
    const { interrupt } = answering(() => ({ verdict: "perhaps" }));
    const { codeMode, session, wait } = await asking(runtimes, interrupt);
    const cell_id = await yieldedCell(session);
    await expect(wait.invoke({ cell_id })).rejects.toMatchObject({ code: "ERR_INVALID_OPTION" });
    expect(await openQuestions(codeMode)).toBe(1);
  });

  test("need LangGraph's interrupt", async () => {
    await using runtimes = new DurableRuntimes();
    const session = (await runtimes.next()).openSession();
    for (const interrupt of [undefined, "interrupt"]) {
      const core = { ...langchainCore, interrupt: interrupt as undefined };
      expect(() => langchainTools(session, core, { sdkApproval: true })).toThrow(
        /"interrupt" must be that of @langchain\/langgraph/,
      );
      expect(langchainTools(session, core, { sdkApproval: false })).toHaveLength(2);
    }
  });
});
