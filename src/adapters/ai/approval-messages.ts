/** The answer of a person to a request for approval. */
export interface ApprovalAnswer {
  readonly approved: boolean;
  readonly reason: string | undefined;
}

interface Part {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What the messages of a conversation in the AI SDK say about approvals; in versions 6 and 7 they are the same. */
export class ApprovalMessages {
  /** The ids of calls that a person was asked about, by the ids of the requests. */
  readonly #asked = new Map<unknown, unknown>();
  readonly #inputs = new Map<unknown, unknown>();
  readonly #answers = new Map<unknown, ApprovalAnswer>();

  constructor(messages: readonly unknown[] = []) {
    for (const part of messages.flatMap(partsOf)) this.#read(part);
  }

  /** Whether a person was asked about a call. */
  isAsked(toolCallId: string): boolean {
    return [...this.#asked.values()].includes(toolCallId);
  }

  /** The answer of a person to the request about a call; undefined if the messages have none. */
  answerTo(toolCallId: string): ApprovalAnswer | undefined {
    return this.#answers.get(toolCallId);
  }

  /** The inputs of calls that people have denied. */
  get denied(): readonly { readonly input: unknown; readonly reason: string | undefined }[] {
    return [...this.#answers].flatMap(([toolCallId, { approved, reason }]) =>
      approved ? [] : [{ input: this.#inputs.get(toolCallId), reason }],
    );
  }

  #read(part: Part): void {
    const { approvalId, toolCallId, input, approved, reason } = part;
    switch (part.type) {
      case "tool-call":
        this.#inputs.set(toolCallId, input);
        break;
      case "tool-approval-request":
        // No person has answered what the program decides by itself.
        if (part["isAutomatic"] !== true) this.#asked.set(approvalId, toolCallId);
        break;
      case "tool-approval-response": {
        const call = this.#asked.get(approvalId);
        // The first answer counts, as in the AI SDK.
        if (call === undefined || this.#answers.has(call)) break;
        const why = typeof reason === "string" && reason !== "" ? reason : undefined;
        this.#answers.set(call, { approved: approved === true, reason: why });
        break;
      }
    }
  }
}

function partsOf(message: unknown): readonly Part[] {
  if (typeof message !== "object" || message === null || !("content" in message)) return [];
  const { content } = message;
  return Array.isArray(content) ? content.filter(isPart) : [];
}

function isPart(part: unknown): part is Part {
  return typeof part === "object" && part !== null && "type" in part;
}
