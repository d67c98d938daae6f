import type { OpenAIChatCall } from "../../src/openai.js";
import type { ModelRequest } from "./scripted-server.js";

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
