import type { ClusterStore } from "../../durable/cluster-store.js";
import type { Admission } from "../admission.js";
import { tooManyBegun, tooManyRunning } from "../quota-errors.js";

/** What a tenant may use of all servers together; undefined for no bound. */
export interface TenantQuota {
  readonly running?: number | undefined;
  readonly perMinute?: number | undefined;
}

export interface TenantSharesOptions {
  readonly store: Pick<ClusterStore, "share">;
  /** The id of this server. */
  readonly server: string;
  readonly quotaOf: (tenant: string) => TenantQuota | undefined;
  /** Cells of a tenant that run here, those included that ask. */
  readonly runningOf: (tenant: string) => number;
}

/** Milliseconds for which a share is kept that nothing uses: a client that begins one cell after another asks for none. */
const keepMs = 50;

/** Milliseconds after which the store is asked again for a share that another server may just give back. */
const againMs = 150;

interface Asker {
  /** Whether the store is asked once more where there is no room: another server may just give some back. */
  mayAskAgain: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What this server has of a tenant's quota. */
interface Shares {
  cells: number;
  begins: number;
  /** In the order in which they came. */
  askers: Asker[];
  isAsking: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Of what each tenant may use of all servers together, the part that this one has. It asks the store for more where it
 * has too little, many cells at a time, and gives back what it does not need.
 */
export class TenantShares implements Admission {
  readonly #options: TenantSharesOptions;
  readonly #tenants = new Map<string, Shares>();

  constructor(options: TenantSharesOptions) {
    this.#options = options;
  }

  async admit(tenant: string): Promise<void> {
    const { running, perMinute } = this.#quotaOf(tenant);
    if (running === undefined && perMinute === undefined) return;
    const shares = this.#of(tenant);
    await new Promise<void>((resolve, reject) => {
      shares.askers.push({ mayAskAgain: true, resolve, reject });
      if (shares.isAsking) return;
      this.#admitAll(tenant, shares);
      if (shares.askers.length > 0) void this.#ask(tenant, shares);
    });
  }

  rests(tenant: string): void {
    const shares = this.#tenants.get(tenant);
    if (shares === undefined || shares.isAsking || shares.timer !== undefined) return;
    if (!this.#isUneven(tenant, shares)) return;
    shares.timer = setTimeout(() => {
      shares.timer = undefined;
      if (this.#isUneven(tenant, shares)) void this.#ask(tenant, shares);
    }, keepMs);
    shares.timer.unref();
  }

  /**
   * Tells the store of cells that run without having asked, such as those of servers that are gone, and gives back
   * what is kept of tenants that have begun nothing since.
   */
  round(): void {
    for (const [tenant, shares] of this.#tenants) {
      if (shares.isAsking || shares.timer !== undefined) continue;
      if (shares.begins > 0 || this.#isUneven(tenant, shares)) void this.#ask(tenant, shares);
      else if (shares.cells === 0) this.#tenants.delete(tenant);
    }
  }

  #of(tenant: string): Shares {
    const known = this.#tenants.get(tenant);
    if (known !== undefined) return known;
    const made = { cells: 0, begins: 0, askers: [], isAsking: false, timer: undefined };
    this.#tenants.set(tenant, made);
    return made;
  }

  #quotaOf(tenant: string): TenantQuota {
    return this.#options.quotaOf(tenant) ?? {};
  }

  /** Cells that run here, without those that ask. */
  #runningOf(tenant: string, { askers }: Shares): number {
    return this.#options.runningOf(tenant) - askers.length;
  }

  #isUneven(tenant: string, shares: Shares): boolean {
    const { running } = this.#quotaOf(tenant);
    return running !== undefined && shares.cells !== this.#runningOf(tenant, shares);
  }

  /** Those that come first, as far as there is room. */
  #admitAll(tenant: string, shares: Shares): void {
    const { running, perMinute } = this.#quotaOf(tenant);
    const room = running === undefined ? Infinity : shares.cells - this.#runningOf(tenant, shares);
    const begins = perMinute === undefined ? Infinity : Math.floor(shares.begins);
    const admitted = shares.askers.slice(0, Math.max(0, Math.min(room, begins)));
    shares.askers = shares.askers.slice(admitted.length);
    if (perMinute !== undefined) shares.begins -= admitted.length;
    for (const { resolve } of admitted) resolve();
  }

  async #ask(tenant: string, shares: Shares): Promise<void> {
    shares.isAsking = true;
    clearTimeout(shares.timer);
    shares.timer = undefined;
    try {
      do {
        // Who comes in this turn asks too, and who was refused has left.
        await nextTurn();
        await this.#askOnce(tenant, shares);
      } while (shares.askers.length > 0);
    } catch (thrown) {
      for (const { reject } of shares.askers.splice(0)) reject(thrown);
    } finally {
      shares.isAsking = false;
    }
  }

  async #askOnce(tenant: string, shares: Shares): Promise<void> {
    const { store, server } = this.#options;
    const { running: most, perMinute: mostPerMinute } = this.#quotaOf(tenant);
    const asking = new Set(shares.askers);
    const running = this.#runningOf(tenant, shares);
    const wanted = running + asking.size;
    const share = await store.share({
      server,
      tenant,
      cells: { running, wanted, most },
      begins: { wanted: wantedBegins(asking.size, shares.begins, mostPerMinute), mostPerMinute },
    });
    shares.cells = share.cells;
    shares.begins += share.begins;
    this.#admitAll(tenant, shares);
    const left = shares.askers.filter((asker) => asking.has(asker));
    // Where it gave what was asked for, others have used it meanwhile, such as cells that were brought back.
    const isFull = share.cells < wanted;
    // Begins come back with time: the client is told when (`retryAfterMs`), and does not wait here.
    const hasNoBegins = mostPerMinute !== undefined && shares.begins < 1;
    const refused = new Set(
      left.filter(({ mayAskAgain }) => hasNoBegins || (isFull && !mayAskAgain)),
    );
    shares.askers = shares.askers.filter((asker) => !refused.has(asker));
    const why = hasNoBegins ? tooManyBegun(mostPerMinute, share.left) : tooManyRunning(most ?? 0);
    for (const { reject } of refused) reject(why);
    if (!isFull) return;
    for (const asker of left) asker.mayAskAgain = false;
    if (left.length > refused.size) await pause(againMs);
  }
}

/** What is left of a minute's worth is kept for a second's worth; with nobody who asks it is given back. */
function wantedBegins(asking: number, kept: number, mostPerMinute: number | undefined): number {
  if (mostPerMinute === undefined) return 0;
  if (asking === 0) return -kept;
  return Math.max(0, asking + Math.floor(mostPerMinute / 60) - kept);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
