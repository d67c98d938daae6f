import { randomUUID } from "node:crypto";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { followSignal } from "../../base/followed-signal.js";
import { packageVersion } from "../../base/package-version.js";
import type { NamedTool, ToolContext } from "../../tools/tool-definition.js";
import { readStoreId } from "../session-name.js";
import { postWebhook, type WebhookAnswer } from "./post-webhook.js";
import { readWebhookAnswer, WebhookFailure } from "./read-webhook-answer.js";
import { signatureHeaders } from "./sign-webhook.js";
import { readWebhooks, type Webhook } from "./webhook-config.js";

/** A tool, and the tenants whose cells have it: all where that is undefined. */
export interface WebhookTool {
  readonly tool: NamedTool;
  readonly tenants: readonly string[] | undefined;
}

export interface WebhookToolsOptions {
  /** What messages call the config: a file's name. */
  readonly name: string;
  /** Default: those of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Certificates of authorities, as PEM, besides which no other is trusted. Default: those of Node. */
  readonly ca?: string | undefined;
}

/** Tries of a call that may be made twice. */
const maxTries = 3;
const pauseMs = 250;

/**
 * The tools of `webhooks` in a config of `codecell serve`: each call is a signed request to the operator's address.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION, naming each place.
 */
export function webhookTools(
  webhooks: unknown,
  { name, env, ca }: WebhookToolsOptions,
): readonly WebhookTool[] {
  const sender = new WebhookSender(ca);
  return readWebhooks(webhooks, name, env).map((webhook) => ({
    tool: toolOf(webhook, sender),
    tenants: webhook.tenants,
  }));
}

function toolOf(webhook: Webhook, sender: WebhookSender): NamedTool {
  const { name, description, inputSchema, outputSchema, effect, onLost, approval } = webhook;
  return {
    name,
    description,
    inputSchema,
    outputSchema,
    effect,
    onLost,
    approval,
    execute: (input: unknown, context: ToolContext) => sender.call(webhook, input, context),
  };
}

/** Sends the calls of cells to webhooks. */
class WebhookSender {
  readonly #ca: string | undefined;
  /**
   * A connection that is used again may be closed by the other side just then, and nobody knows whether it has read the
   * request. So it is only used for calls that may be made twice.
   */
  readonly #agents = new Map<string, HttpAgent>();

  constructor(ca: string | undefined) {
    this.#ca = ca;
  }

  async call(webhook: Webhook, input: unknown, context: ToolContext): Promise<unknown> {
    const mayRepeat = webhook.effect === "read" || webhook.effect === "idempotent";
    const id = context.idempotencyKey ?? randomUUID();
    const stop = new AbortController();
    const { leave } = followSignal(context.signal, stop);
    const timer = setTimeout(
      () => stop.abort(new WebhookFailure(`did not answer within ${webhook.timeoutMs} ms`, false)),
      webhook.timeoutMs,
    );
    try {
      for (let tries = 1; ; tries += 1) {
        try {
          const answer = await this.#post(
            webhook,
            bodyOf(webhook, input, context),
            id,
            stop.signal,
          );
          return readWebhookAnswer(answer);
        } catch (error) {
          stop.signal.throwIfAborted();
          const mayHelp = error instanceof WebhookFailure && error.mayPass;
          if (!mayRepeat || !mayHelp || tries === maxTries) throw error;
          await pause(pauseMs * 4 ** (tries - 1), stop.signal);
        }
      }
    } catch (error) {
      if (!(error instanceof WebhookFailure)) throw error;
      throw new Error(`The webhook of ${webhook.name} ${error.message}.`);
    } finally {
      clearTimeout(timer);
      leave();
    }
  }

  async #post(
    { url, secrets, maxResultBytes, effect }: Webhook,
    body: string,
    id: string,
    signal: AbortSignal,
  ): Promise<WebhookAnswer> {
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = {
      ...signatureHeaders({ id, timestamp, body }, secrets),
      "idempotency-key": id,
      "user-agent": `codecell/${packageVersion()}`,
    };
    const keepsAlive = effect === "read" || effect === "idempotent";
    const agent = this.#agent(url.protocol, keepsAlive);
    try {
      return await postWebhook({ url, headers, body, maxBytes: maxResultBytes, signal, agent });
    } catch (error) {
      signal.throwIfAborted();
      // Its message may name machines of the operator's network; the cell is a stranger's.
      const { code, message } = error as NodeJS.ErrnoException;
      throw new WebhookFailure(
        code === undefined ? `failed: ${message}` : `cannot be reached (${code})`,
        code !== undefined,
      );
    }
  }

  #agent(protocol: string, keepAlive: boolean): HttpAgent {
    const key = `${protocol}${keepAlive}`;
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const agent =
      protocol === "https:"
        ? new HttpsAgent({ keepAlive, ...(this.#ca !== undefined && { ca: this.#ca }) })
        : new HttpAgent({ keepAlive });
    this.#agents.set(key, agent);
    return agent;
  }
}

/** The other side knows the tenant from here: the cell cannot say another. */
function bodyOf({ name }: Webhook, input: unknown, context: ToolContext): string {
  const { sessionId, cellId, callId, attempt } = context;
  const { tenant, session } = readStoreId(sessionId) ?? { tenant: undefined, session: sessionId };
  return JSON.stringify({
    type: "tool.call",
    timestamp: new Date().toISOString(),
    data: { tool: name, input, tenant, session, cellId, callId, attempt },
  });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}
