import { createHash, randomBytes } from "node:crypto";
import type { Identity, Scope } from "./identity.js";

/** A key of the config: who has it, and not the key itself. */
export interface KeyEntry {
  readonly id: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** Of the key, in hexadecimal digits. */
  readonly sha256: string;
}

/** What keys begin with, so that a key that lies about is known for one. */
const prefix = "cck_";

/** Bearer keys, of which only hashes are known. */
export class Keys {
  readonly #byHash: ReadonlyMap<string, Identity>;

  constructor(entries: readonly KeyEntry[]) {
    this.#byHash = new Map(
      entries.map(({ id, tenant, scopes, sha256 }) => [
        sha256.toLowerCase(),
        { tenant, scopes: new Set(scopes), subject: id },
      ]),
    );
  }

  /** A hash says nothing about a key that is nearly right: how long it is looked for tells nothing. */
  find(key: string): Identity | undefined {
    return this.#byHash.get(hashOf(key));
  }
}

export function newKey(): string {
  return prefix + randomBytes(32).toString("base64url");
}

export function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
