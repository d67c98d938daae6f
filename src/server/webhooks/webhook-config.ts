import { CodeModeError } from "../../base/errors.js";
import { faultsOfShape } from "../../mcp/client/config-faults.js";
import { expandVariables } from "../../mcp/client/config-variables.js";
import type { JsonSchema } from "../../tools/tool-definition.js";
import { readSecret } from "./sign-webhook.js";
import { webhooksSchema } from "./webhook-schema.js";

/** An entry of `webhooks` in a config of `codecell serve`, as it is written. */
interface WrittenWebhook {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: JsonSchema;
  readonly outputSchema?: JsonSchema;
  readonly effect?: "read" | "idempotent" | "write";
  readonly onLost?: "retry" | "fail";
  readonly approval?: "auto" | "ask" | "deny";
  /** Whose cells have the tool. Default: those of all tenants. */
  readonly tenants?: readonly string[];
  readonly url: string;
  /** `whsec_…`, or a variable with that; of several, each signs. */
  readonly secret: string | readonly string[];
  /** Milliseconds from a call to the end of its answer. Default: 30 000. */
  readonly timeoutMs?: number;
  /** Bytes of an answer. Default: 4 MiB. */
  readonly maxResultBytes?: number;
}

/** The same, checked, with what the variables stand for. */
export interface Webhook extends Omit<WrittenWebhook, "url" | "secret"> {
  readonly url: URL;
  readonly secrets: readonly Buffer[];
  readonly timeoutMs: number;
  readonly maxResultBytes: number;
}

/**
 * Reads `webhooks` of a config.
 *
 * @param name - What messages call the config: a file's name.
 * @param env - The variables.
 * @throws {CodeModeError} ERR_INVALID_OPTION, naming each place; secrets are not shown.
 */
export function readWebhooks(
  value: unknown,
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): readonly Webhook[] {
  if (value === undefined) return [];
  const faults = faultsOfShape(webhooksSchema, value).map(
    ({ path, text }) => `${["webhooks", ...path].join(".")} ${text}`,
  );
  if (faults.length > 0) throw wrong(name, faults);
  const written = value as readonly WrittenWebhook[];
  const seen = new Set<string>();
  const webhooks = written.map((webhook, index) => {
    const tell = (text: string): void => void faults.push(`webhooks.${index}.${text}`);
    if (seen.has(webhook.name)) tell(`name "${webhook.name}" is there twice`);
    seen.add(webhook.name);
    return readWebhook(webhook, tell, env);
  });
  if (faults.length > 0) throw wrong(name, faults);
  return webhooks.filter((webhook) => webhook !== undefined);
}

function readWebhook(
  { url: writtenUrl, secret, ...others }: WrittenWebhook,
  tell: (fault: string) => void,
  env: NodeJS.ProcessEnv,
): Webhook | undefined {
  let isWhole = true;
  const fault = (text: string): void => {
    isWhole = false;
    tell(text);
  };
  const given = typeof secret === "string" ? [secret] : secret;
  const expanded = expandVariables(
    { url: writtenUrl, env: given },
    ({ path: [key], text }) => fault(`${key === "env" ? "secret" : key} ${text}`),
    env,
  );
  if (!isWhole) return undefined;
  const url = checkUrl(String(expanded["url"]), fault);
  const secrets = (expanded["env"] as readonly string[]).flatMap((text) => {
    const key = readSecret(text);
    if (key === undefined) {
      fault(
        "secret must be whsec_ and then the base64 of 24 to 64 random bytes; make one with: echo whsec_$(openssl rand -base64 32)",
      );
    }
    return key ?? [];
  });
  if (url === undefined || !isWhole) return undefined;
  return { timeoutMs: 30_000, maxResultBytes: 4 * 1024 * 1024, ...others, url, secrets };
}

/** Plain http goes to this machine only. */
function checkUrl(text: string, fault: (text: string) => void): URL | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    fault("url must be an https:// address");
    return undefined;
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    fault("url must begin with https://; http:// is for localhost only");
  } else if (url.username !== "" || url.password !== "" || url.hash !== "") {
    fault("url must have no user, no password and no #");
  } else return url;
  return undefined;
}

function isLoopback(hostname: string): boolean {
  // The URL parser has written every IPv4 address in its one usual form.
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

function wrong(name: string, faults: readonly string[]): CodeModeError {
  const shown = faults.length === 1 ? faults[0] : `\n  ${faults.slice(0, 20).join("\n  ")}`;
  return new CodeModeError("ERR_INVALID_OPTION", `${name}: ${shown}.`);
}
