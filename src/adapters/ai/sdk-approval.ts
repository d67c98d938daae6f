import { type JSONSchema7, jsonSchema, type Schema } from "ai";
import type { KeptApproval } from "../../protocol/approvals.js";
import type { SessionApprovals } from "../../session/session-approvals.js";
import { readWaitInput } from "../wait-input.js";
import { ApprovalMessages } from "./approval-messages.js";

/** What the AI SDK tells a tool of the call. */
export interface AskedCall {
  readonly toolCallId: string;
  readonly messages?: readonly unknown[] | undefined;
}

/** Who decides, for the journal: of the person the AI SDK says nothing. */
const by = "AI SDK";

/**
 * Lets the AI SDK ask people about the calls for which cells wait: a call of `wait` needs approval while its
 * cell has an open question, and approving that call approves what the question is about. The question becomes
 * part of the call's input, so that who is asked sees it. Nothing else is kept: after a crash another process goes
 * on from the messages and the store.
 */
export class SdkApproval {
  readonly #approvals: SessionApprovals;

  constructor(approvals: SessionApprovals) {
    this.#approvals = approvals;
  }

  /** The schema of wait's input. Reading an input adds the oldest open question of the cell. */
  schemaOf(schema: object): Schema<unknown> {
    return jsonSchema<unknown>(schema as JSONSchema7, {
      validate: async (value) => ({ success: true, value: await this.#withQuestion(value) }),
    });
  }

  /** Is `needsApproval` of wait. */
  async isNeeded(input: unknown, { toolCallId, messages }: AskedCall): Promise<boolean> {
    const said = new ApprovalMessages(messages);
    await this.#deny(said);
    const approval = approvalOf(input);
    if (approval === undefined) return false;
    // Where it has been asked, the answer counts, whatever has come of the question meanwhile.
    if (said.isAsked(toolCallId)) return true;
    return (await this.#find(approval))?.state === "open";
  }

  /**
   * Decides what the messages say has been decided. To be called before exec and wait run.
   *
   * @returns The input as the model wrote it.
   */
  async settle(input: unknown, { toolCallId, messages }: AskedCall): Promise<unknown> {
    const said = new ApprovalMessages(messages);
    await this.#deny(said);
    const approval = approvalOf(input);
    if (approval === undefined) return input;
    const answer = said.answerTo(toolCallId);
    const question = await this.#find(approval);
    if (answer?.approved && question !== undefined) {
      await this.#approvals.decide(question.approvalId, {
        verdict: "approve",
        by,
        note: answer.reason,
      });
    }
    return withoutApproval(input);
  }

  /** The AI SDK calls no tool where a person has denied it; so the cell is told with the next call. */
  async #deny(said: ApprovalMessages): Promise<void> {
    for (const { input, reason } of said.denied) {
      const approval = approvalOf(input);
      const question = approval && (await this.#find(approval));
      if (question?.state !== "open") continue;
      await this.#approvals.decide(question.approvalId, { verdict: "deny", by, note: reason });
    }
  }

  async #withQuestion(value: unknown): Promise<unknown> {
    const asked = readWaitInput(value);
    // What is wrong with it is said when it is run.
    if (asked === undefined) return value;
    const plain = withoutApproval(value);
    if (asked.terminates) return plain;
    const questions = await this.#approvals.of(asked.cellId);
    // The same one when an approved call is read again; what the model writes there is never shown.
    const named = questions.find(({ approvalId }) => approvalId === approvalOf(value)?.id);
    const question = named ?? questions.find(({ state }) => state === "open");
    return question === undefined ? plain : { ...plain, approval: shown(question) };
  }

  /** Of this session only. */
  async #find({ id, cellId }: ReadApproval): Promise<KeptApproval | undefined> {
    const questions = await this.#approvals.of(cellId);
    return questions.find(({ approvalId }) => approvalId === id);
  }
}

/** What a person is shown of a question. */
function shown({ approvalId, tool, input, reason }: KeptApproval): object {
  return { id: approvalId, tool, input, ...(reason !== undefined && { reason }) };
}

interface ReadApproval {
  readonly id: string;
  readonly cellId: string;
}

function approvalOf(input: unknown): ReadApproval | undefined {
  const cellId = readWaitInput(input)?.cellId;
  if (cellId === undefined) return undefined;
  const { approval } = input as { readonly approval?: unknown };
  const { id } = (approval ?? {}) as { readonly id?: unknown };
  return typeof id === "string" ? { id, cellId } : undefined;
}

function withoutApproval(input: unknown): object {
  const { approval: _, ...others } = input as Readonly<Record<string, unknown>>;
  return others;
}
