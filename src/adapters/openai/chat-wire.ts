// What the Chat Completions API sends and takes, as far as it is about our two tools. The arrays can
// be written to because those in the types of the package `openai` can.

/** An entry of `tools`. */
export type OpenAIChatToolDefinition =
  | {
      type: "function";
      function: { name: string; description: string; parameters: Record<string, unknown> };
    }
  | {
      type: "custom";
      custom: {
        name: string;
        description: string;
        format: { type: "grammar"; grammar: { syntax: "lark"; definition: string } };
      };
    };

/** A call of a tool in a message. */
export type OpenAIChatCall =
  | {
      readonly type: "function";
      readonly id: string;
      readonly function: { readonly name: string; readonly arguments: string };
    }
  | {
      readonly type: "custom";
      readonly id: string;
      readonly custom: { readonly name: string; readonly input: string };
    };

/** A message of the model, as far as it calls tools. */
export interface OpenAIChatMessage {
  readonly tool_calls?: readonly OpenAIChatCall[] | null | undefined;
}

/** What calls give, as messages for the next request. */
export type OpenAIChatAnswer =
  | { role: "tool"; tool_call_id: string; content: string }
  | { role: "user"; content: OpenAIChatPart[] };

/** A part of a user's message. */
export type OpenAIChatPart =
  | { type: "text"; text: string }
  | { type: "image_url"; image_url: { url: string; detail: "auto" | "low" | "high" } };

/** The tool's name; none where a compatible server has sent a call of some other kind. */
export function nameOf(call: OpenAIChatCall): string {
  const called: { readonly name: string } | null | undefined =
    call.type === "custom" ? call.custom : call.function;
  return called?.name ?? "";
}

/** What the model gave the tool. */
export function inputOf(call: OpenAIChatCall): string {
  return call.type === "custom" ? call.custom.input : call.function.arguments;
}
