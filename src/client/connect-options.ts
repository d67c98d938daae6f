import { CodeModeError } from "../base/errors.js";
import {
  checkFunction,
  checkMilliseconds,
  checkOptionsObject,
  checkWholeNumber,
  invalidOption,
} from "../base/option-checks.js";

/** What `connectCodeMode` takes. */
export interface ConnectOptions {
  /** Where `codecell serve` answers, such as `https://cells.example.com`; a path before `/v1` is kept. */
  readonly url: string | URL;
  /**
   * A key or a token of the server, or a function that is asked for it before each request. Default: none, for a server
   * of this machine that has no keys.
   */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * Milliseconds for which a request is tried again after it has failed because of the network, a proxy or a server
   * that ends. Default: 30 000. 0 tries once.
   */
  readonly retryForMs?: number | undefined;
  /** Milliseconds in which nothing comes before an answer counts as lost. A server pings each 15 s. Default: 60 000. */
  readonly silenceMs?: number | undefined;
  /** Bytes of an answer, or of one event of it; above it the request fails with ERR_SERVER_ANSWER. Default: 256 MiB. */
  readonly maxAnswerBytes?: number | undefined;
}

/** `ConnectOptions`, checked. */
export interface Connection {
  /** Without a slash at its end. */
  readonly base: string;
  readonly token: (() => string | Promise<string>) | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly retryForMs: number;
  readonly silenceMs: number;
  readonly maxAnswerBytes: number;
}

const keys = ["url", "token", "fetch", "retryForMs", "silenceMs", "maxAnswerBytes"] as const;

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
export function checkConnectOptions(options: ConnectOptions): Connection {
  checkOptionsObject("the options of connectCodeMode", options, keys);
  const { token, retryForMs = 30_000, silenceMs = 60_000, maxAnswerBytes = 256 << 20 } = options;
  checkFunction("fetch", options.fetch);
  checkMilliseconds("retryForMs", retryForMs, 0);
  checkMilliseconds("silenceMs", silenceMs, 1);
  checkWholeNumber("maxAnswerBytes", maxAnswerBytes, { unit: "bytes", least: 1 });
  if (token !== undefined && typeof token !== "string" && typeof token !== "function") {
    throw invalidToken("");
  }
  return {
    base: checkUrl(options.url),
    token: typeof token === "string" ? () => token : token,
    // Browsers refuse a fetch that is called as a method of something else.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    retryForMs,
    silenceMs,
    maxAnswerBytes,
  };
}

/** @throws {CodeModeError} ERR_INVALID_OPTION, without the token. */
export function authorizationOf(token: unknown): string {
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
  throw invalidToken(token === "" ? "; it is an empty string" : "");
}

/** It does not show the token. */
function invalidToken(found: string): CodeModeError {
  return new CodeModeError(
    "ERR_INVALID_OPTION",
    `The option "token" must be a string of visible ASCII characters, or a function that gives one${found}. Leave it out where the server has no keys.`,
  );
}

function checkUrl(url: unknown): string {
  const expected = "an http or https URL without user, query and fragment";
  const parsed = typeof url === "string" || url instanceof URL ? parseUrl(String(url)) : undefined;
  if (parsed === undefined) throw invalidOption("url", expected, url);
  const { protocol, username, password, search, hash } = parsed;
  if (username !== "" || password !== "") {
    // The message does not show it: it has a password.
    throw new CodeModeError(
      "ERR_INVALID_OPTION",
      'The option "url" must have no user and no password; give the key as "token".',
    );
  }
  if (!/^https?:$/.test(protocol) || search !== "" || hash !== "") {
    throw invalidOption("url", expected, parsed.href);
  }
  return parsed.href.replace(/\/+$/, "");
}

function parseUrl(url: string): URL | undefined {
  try {
    return new URL(url);
  } catch {
    return undefined;
  }
}
