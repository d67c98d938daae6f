import { beginningOf } from "../../base/shorten.js";
import { isJsonType, type WebhookAnswer } from "./post-webhook.js";

/** Characters of a refusal's own text. */
const maxReasonLength = 4000;

/** Why a call gave no result, after "The webhook of NAME". */
export class WebhookFailure extends Error {
  override readonly name = "WebhookFailure";
  /** Whether the same call may go better a moment later. */
  readonly mayPass: boolean;

  constructor(message: string, mayPass: boolean) {
    super(message);
    this.mayPass = mayPass;
  }
}

/**
 * The result of a call.
 *
 * @throws {Error} With the webhook's own words, if it refused the call.
 * @throws {WebhookFailure}
 */
export function readWebhookAnswer({ status, type, text }: WebhookAnswer): unknown {
  const isJson = isJsonType(type);
  if (status >= 200 && status < 300) {
    if (text === "") return null;
    if (!isJson) throw new WebhookFailure(`answered with ${shownType(type)}, not JSON`, false);
    const value = parse(text);
    if (value === undefined) throw new WebhookFailure("answered with what is not JSON", false);
    return value;
  }
  if (status >= 300 && status < 400) {
    throw new WebhookFailure(`answered with a redirect (${status}), which is not followed`, false);
  }
  if (status >= 500 || status === 429 || status === 408) {
    throw new WebhookFailure(`answered with status ${status}`, true);
  }
  const plain = type === "text/plain" ? text.trim() : undefined;
  const reason = isJson ? reasonOf(parse(text)) : plain;
  if (reason === undefined || reason === "") {
    throw new WebhookFailure(`answered with status ${status}`, false);
  }
  throw new Error(beginningOf(reason, maxReasonLength));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `{ "message" }`, `{ "error": "…" }`, `{ "error": { "message" } }`, or the `detail` of problem+json. */
function reasonOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { message, error, detail } = value as Readonly<Record<string, unknown>>;
  const inner = typeof error === "object" ? reasonOf(error) : error;
  return [message, inner, detail].find((text) => typeof text === "string");
}

function shownType(type: string): string {
  return type === "" ? "no content type" : JSON.stringify(beginningOf(type, 80));
}
