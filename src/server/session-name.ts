/** A session of a tenant. */
export interface SessionName {
  readonly tenant: string;
  readonly session: string;
}

/** Letters, digits and `-`: never `/`, which separates it from the session. */
const tenantPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

const sessionPattern = /^[A-Za-z0-9._:-]{1,128}$/;

export const tenantRule = "a letter or digit, then up to 62 of a-z, 0-9 and -";

export const sessionRule = "1 to 128 of A-Z, a-z, 0-9, '.', '_', ':' and '-'";

export function isTenant(value: unknown): value is string {
  return typeof value === "string" && tenantPattern.test(value);
}

export function isSessionId(value: unknown): value is string {
  return typeof value === "string" && sessionPattern.test(value);
}

/** What the ids of all sessions of a tenant begin with in the store. */
export function prefixOf(tenant: string): string {
  return `${tenant}/`;
}

/** The session's id in the store. */
export function storeIdOf({ tenant, session }: SessionName): string {
  return prefixOf(tenant) + session;
}

/** The session of an id in the store; undefined where no server has made it. */
export function readStoreId(id: string): SessionName | undefined {
  const cut = id.indexOf("/");
  const name = { tenant: id.slice(0, cut), session: id.slice(cut + 1) };
  return cut !== -1 && isTenant(name.tenant) && isSessionId(name.session) ? name : undefined;
}
