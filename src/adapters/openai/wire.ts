import type { ImageDetail } from "../../protocol/outcome.js";

// What the Responses API sends and takes, as far as it is about our two tools. The arrays can be
// written to because those in the types of the package `openai` can.

/** An entry of `tools`. */
export type OpenAIToolDefinition =
  | {
      type: "function";
      name: string;
      description: string;
      parameters: Record<string, unknown>;
      strict: false;
    }
  | {
      type: "custom";
      name: string;
      description: string;
      format: { type: "grammar"; syntax: "lark"; definition: string };
    };

/** An item of a response's `output`, of whatever kind. */
export interface OpenAIOutputItem {
  readonly type: string;
}

/** An output item that calls a tool. */
export type OpenAICall = OpenAIOutputItem & { readonly call_id: string; readonly name: string } & (
    | { readonly type: "function_call"; readonly arguments: string }
    | { readonly type: "custom_tool_call"; readonly input: string }
  );

/** What a call gives, as an item for the next request's `input`. */
export interface OpenAICallOutput {
  type: "function_call_output" | "custom_tool_call_output";
  call_id: string;
  output: string | OpenAIOutputPart[];
}

/** A part of an output that is more than text. */
export type OpenAIOutputPart =
  | { type: "input_text"; text: string }
  | { type: "input_image"; image_url: string; detail: ImageDetail };

/** Whether an item calls a tool, of whatever name. */
export function isCall(item: OpenAIOutputItem): item is OpenAICall {
  return item.type === "function_call" || item.type === "custom_tool_call";
}
