import type { ModelRequest, StreamedEvent } from "./scripted-server.js";

/** A message of Anthropic's Messages API, as it is on the wire. */
export function messageOf(...content: readonly object[]): object {
  const calls = content.some((block) => "type" in block && block.type === "tool_use");
  return {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-opus-4-8",
    content,
    stop_reason: calls ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 5 },
  };
}

/** The same message as a stream: each block in one piece. */
export function messageStreamOf(
  ...content: readonly { readonly type: string }[]
): readonly StreamedEvent[] {
  const message = messageOf(...content) as Readonly<Record<string, unknown>>;
  const { stop_reason, stop_sequence, usage } = message;
  return [
    { type: "message_start", message: { ...message, content: [], stop_reason: null } },
    ...content.flatMap((block, index) => {
      const { start, delta } = toPieces(block);
      return [
        { type: "content_block_start", index, content_block: start },
        { type: "content_block_delta", index, delta },
        { type: "content_block_stop", index },
      ];
    }),
    { type: "message_delta", delta: { stop_reason, stop_sequence }, usage },
    { type: "message_stop" },
  ];
}

function toPieces(block: {
  readonly type: string;
  readonly text?: string;
  readonly input?: unknown;
}) {
  if (block.type === "tool_use") {
    const partial_json = JSON.stringify(block.input);
    return { start: { ...block, input: {} }, delta: { type: "input_json_delta", partial_json } };
  }
  return { start: { ...block, text: "" }, delta: { type: "text_delta", text: block.text } };
}

/** A block that calls a tool. */
export function toolUse(id: string, name: string, input: unknown): { readonly type: string } {
  return { type: "tool_use", id, name, input } as { readonly type: string };
}

/** A block with the model's words. */
export function words(text: string): { readonly type: string } {
  return { type: "text", text } as { readonly type: string };
}

/** The block with which the request answers a call. */
export function resultOf({ body }: ModelRequest, id: string): Readonly<Record<string, unknown>> {
  const messages = body["messages"] as readonly { readonly content: unknown }[];
  const blocks = messages.flatMap(({ content }) =>
    Array.isArray(content) ? (content as readonly Readonly<Record<string, unknown>>[]) : [],
  );
  const found = blocks.find((block) => block["tool_use_id"] === id);
  if (found === undefined) throw new Error(`No result of ${id}: ${JSON.stringify(messages)}`);
  return found;
}
