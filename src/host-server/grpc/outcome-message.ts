import { assertNever } from "../../base/assert-never.js";
import type { OutputItem } from "../../protocol/outcome.js";
import type { Observed } from "../wire.js";
import type { OutcomeMessage, OutputItemMessage, WaitResponseMessage } from "./messages.js";

const imageDetails = { auto: 1, low: 2, high: 3, original: 4 } as const;

export function toOutcomeMessage(observed: Observed): OutcomeMessage {
  const { outcome, errorText, durationNs } = observed;
  const common = { cellId: outcome.cellId, items: observed.items.map(toItem), durationNs };
  switch (outcome.status) {
    case "yielded":
      return { ...common, yielded: {} };
    case "terminated":
      return { ...common, terminated: {} };
    case "completed":
    case "failed":
    case "missing":
      return { ...common, completed: errorText === undefined ? {} : { errorText } };
    default:
      return assertNever(outcome);
  }
}

export function toWaitResponse(observed: Observed): WaitResponseMessage {
  const message = toOutcomeMessage(observed);
  return observed.outcome.status === "missing" ? { missing: message } : { live: message };
}

function toItem(item: OutputItem): OutputItemMessage {
  switch (item.type) {
    case "text":
      return { text: { text: item.text } };
    case "image":
      return { image: { url: item.imageUrl, detail: imageDetails[item.detail] } };
    case "audio":
      return { audio: { url: item.audioUrl } };
    default:
      return assertNever(item);
  }
}
