import type { ModelRequest, StreamedEvent } from "./scripted-server.js";

/** Clients replace a message by a later one of the same id. */
let lastId = 0;

/** A response of OpenAI's Responses API, as it is on the wire. */
export function responseOf(...output: readonly object[]): object {
  lastId += 1;
  return {
    id: `resp_${lastId}`,
    object: "response",
    created_at: 1_760_000_000,
    status: "completed",
    model: "gpt-5.5",
    error: null,
    incomplete_details: null,
    instructions: null,
    parallel_tool_calls: true,
    tool_choice: "auto",
    tools: [],
    metadata: {},
    temperature: 1,
    top_p: 1,
    output,
    usage: {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 15,
    },
  };
}

/** The same response as a stream: each item at once, and a message's text in one piece. */
export function streamOf(...output: readonly object[]): readonly StreamedEvent[] {
  const response = responseOf(...output);
  const events: readonly StreamedEvent[] = [
    { type: "response.created", response: { ...response, status: "in_progress", output: [] } },
    ...output.flatMap((item, output_index) => [
      { type: "response.output_item.added", output_index, item: { ...item, content: [] } },
      ...textsOf(item).flatMap((text) => {
        const at = { item_id: "msg_1", output_index, content_index: 0 };
        const part = { type: "output_text", text: "", annotations: [] };
        return [
          { type: "response.content_part.added", ...at, part },
          { type: "response.output_text.delta", ...at, delta: text },
          { type: "response.output_text.done", ...at, text },
          { type: "response.content_part.done", ...at, part: { ...part, text } },
        ];
      }),
      { type: "response.output_item.done", output_index, item },
    ]),
    { type: "response.completed", response },
  ];
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

function textsOf(item: {
  readonly content?: readonly { readonly text: string }[];
}): readonly string[] {
  return (item.content ?? []).map(({ text }) => text);
}

/** An output item that calls a function tool. */
export function functionCall(callId: string, name: string, args: object): object {
  return {
    type: "function_call",
    id: `fc_${callId}`,
    call_id: callId,
    name,
    arguments: JSON.stringify(args),
    status: "completed",
  };
}

/** An output item that calls a tool which takes a text. */
export function customCall(callId: string, name: string, input: string): object {
  return { type: "custom_tool_call", id: `ctc_${callId}`, call_id: callId, name, input };
}

/** An output item with the model's words. */
export function message(text: string): object {
  return {
    type: "message",
    id: "msg_1",
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text, annotations: [] }],
  };
}

/** What the request says a call has given. */
export function outputOf({ body }: ModelRequest, callId: string): unknown {
  const items = body["input"] as readonly Readonly<Record<string, unknown>>[];
  const found = items.find(
    (item) => item["call_id"] === callId && String(item["type"]).endsWith("_output"),
  );
  if (found === undefined) throw new Error(`No output of ${callId}: ${JSON.stringify(items)}`);
  return found["output"];
}
