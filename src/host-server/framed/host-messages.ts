import { assertNever } from "../../base/assert-never.js";
import type { OutputItem } from "../../protocol/outcome.js";
import type { Observed, ToolInvocation } from "../wire.js";

/** Messages to a client, as the wire writes them. */
export type WireResult =
  | { readonly status: "ok"; readonly value: object }
  | { readonly status: "error"; readonly message: string };

export function toFailure(thrown: unknown): WireResult {
  return { status: "error", message: thrown instanceof Error ? thrown.message : String(thrown) };
}

export function toRuntimeResponse(observed: Observed): object {
  const { outcome, items, errorText, durationNs, bufferedForNs } = observed;
  const common = { cell_id: outcome.cellId, content_items: items.map(toContentItem) };
  const code_mode_host_duration_ns = durationNs;
  switch (outcome.status) {
    case "yielded":
      return { Yielded: { ...common, code_mode_host_duration_ns } };
    case "terminated":
      return { Terminated: { ...common, code_mode_host_duration_ns } };
    case "completed":
    case "failed":
    case "missing":
      return {
        Result: {
          ...common,
          error_text: errorText ?? null,
          result_buffered_for_ns: bufferedForNs,
          code_mode_host_duration_ns,
        },
      };
    default:
      return assertNever(outcome);
  }
}

export function toWaitCompleted(observed: Observed): object {
  const response = toRuntimeResponse(observed);
  const isMissing = observed.outcome.status === "missing";
  return {
    type: "wait/completed",
    outcome: isMissing ? { MissingCell: response } : { LiveCell: response },
  };
}

export function toInvocation({ cellId, sequence, tool, input }: ToolInvocation): object {
  return {
    type: "tool/invoke",
    invocation: {
      cell_id: cellId,
      runtime_tool_call_id: `tool-${sequence}`,
      tool_name: { name: tool.toolName.name, namespace: tool.toolName.namespace ?? null },
      tool_kind: tool.kind,
      input,
    },
  };
}

function toContentItem(item: OutputItem): object {
  switch (item.type) {
    case "text":
      return { type: "input_text", text: item.text };
    case "image":
      return { type: "input_image", image_url: item.imageUrl, detail: item.detail };
    case "audio":
      return { type: "input_audio", audio_url: item.audioUrl };
    default:
      return assertNever(item);
  }
}
