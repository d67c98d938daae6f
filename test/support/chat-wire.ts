import type { OpenAIChatCall } from "../../src/openai.js";
import type { ModelRequest, StreamedEvent } from "./scripted-server.js";

/** An answer of the Chat Completions API, as it is on the wire. */
export function completionOf(message: object): object {
  const calls = "tool_calls" in message;
  return {
    id: "chatcmpl_1",
    object: "chat.completion",
    created: 1_760_000_000,
    model: "gpt-5.5",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: null, refusal: null, ...message },
        logprobs: null,
        finish_reason: calls ? "tool_calls" : "stop",
      },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  };
}

/** The same answer as a stream, in one piece. */
export function completionStreamOf(message: object): readonly StreamedEvent[] {
  const { choices, object, ...rest } = completionOf(message) as {
    readonly choices: readonly { readonly message: object; readonly finish_reason: string }[];
    readonly object: string;
  };
  const [{ message: whole, finish_reason } = { message: {}, finish_reason: "stop" }] = choices;
  const calls = "tool_calls" in whole ? (whole.tool_calls as readonly object[]) : [];
  const tool_calls = calls.map((call, index) => ({ index, ...call }));
  const delta = calls.length === 0 ? whole : { ...whole, tool_calls };
  const chunk = { object: `${object}.chunk`, ...rest };
  return [
    { ...chunk, choices: [{ index: 0, delta, finish_reason: null }] },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason }] },
  ];
}

/** A call of a function tool in a message. */
export function chatCall(id: string, name: string, args: object): OpenAIChatCall {
  return { type: "function", id, function: { name, arguments: JSON.stringify(args) } };
}

/** What the request says a call has given. */
export function chatResultOf({ body }: ModelRequest, id: string): string {
  const messages = body["messages"] as readonly Readonly<Record<string, unknown>>[];
  const found = messages.find((message) => message["tool_call_id"] === id);
  if (found === undefined) throw new Error(`No result of ${id}: ${JSON.stringify(messages)}`);
  return String(found["content"]);
}
