export const scopes = ["run", "approve", "read", "admin"] as const;

/** What a key or token allows: `admin` all that the others do, for all tenants. */
export type Scope = (typeof scopes)[number];

/** Who asks. */
export interface Identity {
  readonly tenant: string;
  readonly scopes: ReadonlySet<Scope>;
  /** The id of the key, or the subject of the token; who decides about an approval. */
  readonly subject: string;
}

export function isScope(value: unknown): value is Scope {
  return scopes.some((scope) => scope === value);
}

export function allows(identity: Identity, scope: Scope): boolean {
  return identity.scopes.has(scope) || identity.scopes.has("admin");
}
