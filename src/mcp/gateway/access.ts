import { createHash, timingSafeEqual } from "node:crypto";
import {
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  validateHostHeader,
  validateOriginHeader,
} from "@modelcontextprotocol/server";

/** Which web pages may send requests. */
export interface CallerRules {
  /** Whether only this machine can connect: then a page must not reach us by a name of its own. */
  readonly isLoopback: boolean;
  /** Hosts whose web pages are served besides those of this machine. */
  readonly allowedOrigins: readonly string[];
  /** Whether it serves pages itself, which may then ask it. Default: false. */
  readonly hasPages?: boolean;
}

export interface AccessRules extends CallerRules {
  /** What every request must bring, if anything. */
  readonly token: string | undefined;
}

/** The headers of a request that say who asks whom, where it has them. */
export interface CallerHeaders {
  readonly host: string | null | undefined;
  readonly origin: string | null | undefined;
}

/** Why a request that has these headers may not be served, whoever sends it; undefined for others. */
export function refusedCaller(
  { host, origin }: CallerHeaders,
  { isLoopback, allowedOrigins, hasPages = false }: CallerRules,
): string | undefined {
  if (isLoopback) {
    const checked = validateHostHeader(host, localhostAllowedHostnames());
    if (!checked.ok) return checked.message;
  }
  // A page that came from here: of a name that somebody else has pointed at us it has no key.
  if (hasPages && isOwnPage(host, origin)) return undefined;
  const origins = [...localhostAllowedOrigins(), ...allowedOrigins];
  const checked = validateOriginHeader(origin, origins);
  return checked.ok ? undefined : checked.message;
}

function isOwnPage(host: CallerHeaders["host"], origin: CallerHeaders["origin"]): boolean {
  return URL.canParse(String(origin)) && new URL(String(origin)).host === host;
}

/** The answer to a request that may not be served; undefined for others. */
export function refuse(request: Request, rules: AccessRules): Response | undefined {
  const { headers } = request;
  const caller = { host: headers.get("host"), origin: headers.get("origin") };
  const refusal = refusedCaller(caller, rules);
  if (refusal !== undefined) return answer(refusal, { status: 403 });
  return rules.token === undefined ? undefined : refuseWithoutToken(request, rules.token);
}

function answer(message: string, init: ResponseInit): Response {
  return Response.json({ jsonrpc: "2.0", id: null, error: { code: -32_000, message } }, init);
}

function refuseWithoutToken(request: Request, token: string): Response | undefined {
  const [, given] = /^Bearer +(\S+) *$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (given !== undefined && isSame(given, token)) return undefined;
  const problem =
    given === undefined
      ? "This server expects the header Authorization: Bearer TOKEN."
      : "The token of the header Authorization is another than this server's.";
  return answer(problem, {
    status: 401,
    headers: { "www-authenticate": 'Bearer realm="codecell"' },
  });
}

/** Takes as long for any two texts. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(hashOf(one), hashOf(other));
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
