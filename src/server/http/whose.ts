import { allows } from "../auth/identity.js";
import { ServiceError } from "../service-error.js";
import { isSessionId, isTenant, type SessionName, sessionRule } from "../session-name.js";
import type { RouteCall } from "./route.js";

/**
 * Whose things a request is about: those of who asks, or those of the tenant that an administrator names.
 *
 * @returns `"*"` for all, which only an administrator may ask for.
 * @throws {ServiceError} ERR_FORBIDDEN.
 */
export function tenantOf({ identity, query }: RouteCall): string {
  const named = query["tenant"];
  if (named === undefined || named === identity.tenant) return identity.tenant;
  if (allows(identity, "admin")) return named;
  throw new ServiceError("ERR_FORBIDDEN", "To name a tenant needs the scope admin.");
}

/** @throws {ServiceError} ERR_FORBIDDEN; ERR_BODY if the session's id is none. */
export function sessionOf(call: RouteCall): SessionName {
  const tenant = tenantOf(call);
  const session = call.params["session"];
  if (!isTenant(tenant)) throw new ServiceError("ERR_BODY", "A session is of one tenant.");
  if (isSessionId(session)) return { tenant, session };
  throw new ServiceError("ERR_BODY", `The id of a session must be ${sessionRule}.`);
}

export function notFound(what: string): ServiceError {
  return new ServiceError("ERR_NOT_FOUND", `There is no such ${what}.`);
}
