import type { SessionLimits } from "../../options/limits.js";
import { tooManyBegun } from "../quota-errors.js";

/** What a tenant may use of a server, or of all that share a store. */
export interface TenantSettings {
  /** Of each of its sessions. Default: those of the server. */
  readonly limits?: SessionLimits | undefined;
  readonly cells?:
    | {
        /** The most that run at once. Default: as many as the server runs. */
        readonly running?: number | undefined;
        /** The most that begin in a minute. Default: no bound. */
        readonly perMinute?: number | undefined;
      }
    | undefined;
}

/** Whose settings are those of tenants that have none of their own. */
export const otherTenants = "*";

const minuteMs = 60_000;

/** Tenants whose last cells are remembered. */
const maxBuckets = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** The settings of all tenants, and how many cells each has begun. */
export class Tenants {
  readonly #settings: Readonly<Record<string, TenantSettings>>;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param now - Milliseconds of a clock that never goes back. */
  constructor(
    settings: Readonly<Record<string, TenantSettings>>,
    now: () => number = () => performance.now(),
  ) {
    this.#settings = settings;
    this.#now = now;
  }

  of(tenant: string): TenantSettings {
    if (Object.hasOwn(this.#settings, tenant)) return this.#settings[tenant] ?? {};
    return this.#settings[otherTenants] ?? {};
  }

  /**
   * Counts a cell that begins.
   *
   * @throws {ServiceError} ERR_QUOTA if the tenant has begun too many.
   */
  begin(tenant: string): void {
    const perMinute = this.of(tenant).cells?.perMinute;
    if (perMinute === undefined) return;
    const now = this.#now();
    const before = this.#buckets.get(tenant) ?? { tokens: perMinute, at: now };
    const tokens = Math.min(perMinute, before.tokens + ((now - before.at) / minuteMs) * perMinute);
    if (tokens < 1) throw tooManyBegun(perMinute, tokens);
    this.#buckets.delete(tenant);
    this.#buckets.set(tenant, { tokens: tokens - 1, at: now });
    if (this.#buckets.size > maxBuckets) this.#dropOldest();
  }

  #dropOldest(): void {
    for (const tenant of this.#buckets.keys()) {
      this.#buckets.delete(tenant);
      return;
    }
  }
}
