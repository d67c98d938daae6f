import type { Attributes, SpanContext } from "@opentelemetry/api";
import type { CellOutcome, CellUsage } from "../../protocol/outcome.js";

/** What spans say of an outcome. */
export function outcomeAttributes(outcome: CellOutcome): Attributes {
  const attributes = {
    "codecell.cell.id": outcome.cellId,
    "codecell.status": outcome.status,
  };
  switch (outcome.status) {
    case "yielded":
    case "terminated":
    case "missing":
      return { ...attributes, "codecell.reason": outcome.reason };
    default:
      return attributes;
  }
}

/** What the span of a cell says of its use. */
export function usageAttributes({ cpuMs, toolCalls, outputBytes }: CellUsage): Attributes {
  return {
    "codecell.usage.cpu": cpuMs / 1000,
    "codecell.usage.tool_calls": toolCalls,
    "codecell.usage.output_bytes": outputBytes,
  };
}

/** The texts that an outcome hands over. */
export function outputOf(outcome: CellOutcome): string[] {
  if (outcome.status === "missing") return [];
  return outcome.output.map((item) => (item.type === "text" ? item.text : `[${item.type}]`));
}

/** What has failed, in few words that are the same each time. */
export function errorTypeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "_OTHER";
  const { code } = thrown as { readonly code?: unknown };
  if (typeof code === "string" && code !== "") return code;
  return thrown.name === "" ? "_OTHER" : thrown.name;
}

/** What W3C Trace Context has written; undefined where it is something else. */
export function spanContextOf(traceparent: string | undefined): SpanContext | undefined {
  const parts = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? "");
  const [, traceId, spanId, flags] = parts ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
