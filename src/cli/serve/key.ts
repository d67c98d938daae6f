import { randomBytes } from "node:crypto";
import { isScope, scopes } from "../../server/auth/identity.js";
import { hashOf, newKey } from "../../server/auth/keys.js";
import { isTenant, tenantRule } from "../../server/session-name.js";
import { visible } from "../format.js";
import type { SessionContext } from "../open-session.js";

export interface KeyOptions {
  readonly id?: string;
  readonly tenant: string;
  /** Default: all but admin. */
  readonly scope?: readonly string[];
}

/** @returns The exit code. */
export function printKey(
  {
    id = `key-${randomBytes(4).toString("hex")}`,
    tenant,
    scope = ["run", "approve", "read"],
  }: KeyOptions,
  { terminal }: SessionContext,
): number {
  const fault = faultOf(tenant, scope);
  if (fault !== undefined) {
    terminal.note(`codecell: ${fault}`);
    return 2;
  }
  const key = newKey();
  terminal.note("The key, which is shown once:");
  terminal.result(`${key}\n`);
  terminal.note('Its entry in "keys" of the config, which has only a hash of it:');
  terminal.note(JSON.stringify({ id, tenant, scopes: scope, sha256: hashOf(key) }));
  return 0;
}

function faultOf(tenant: string, scope: readonly string[]): string | undefined {
  const unknown = scope.find((name) => !isScope(name));
  if (unknown !== undefined) {
    return `there is no scope ${visible(unknown)}; there are ${scopes.join(", ")}`;
  }
  return isTenant(tenant) ? undefined : `the tenant ${visible(tenant)} must be ${tenantRule}`;
}
