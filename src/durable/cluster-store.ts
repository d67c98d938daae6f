import type { DurableStore } from "./store.js";

/**
 * A store that many servers share: it knows which of them live, and which of them has a cell. `postgresStore` is
 * one. A server is a process that runs cells for clients, at an address at which the others reach it. The
 * ids of its sessions are `tenant/session`; cells of other sessions belong to programs that use the same store.
 */
export interface ClusterStore extends DurableStore {
  /**
   * Says that a server lives, and how it is. The cells that this store makes and claims from then on are that
   * server's. To be called every second or so: the server counts as dead where it was not for `leaseMs`.
   *
   * @returns The servers that live, this one included.
   */
  beat(server: ServerInfo): Promise<readonly ServerInfo[]>;
  /** Who has a cell. */
  ownerOf(cellId: string): Promise<CellOwner>;
  /**
   * Takes what a tenant may use for one server, and gives back what that does not need: all servers that live
   * together never have more than the most. What of them runs already counts in any case.
   */
  share(request: ShareRequest): Promise<TenantShare>;
  /**
   * Cells of servers that have not ended, that no living host has, and that can go on: those that wait for
   * nothing but decisions are not among them until one is decided. In no order.
   */
  orphans(limit: number): Promise<readonly OrphanedCell[]>;
}

/** One of the servers of a store. */
export interface ServerInfo {
  /** Of this run of the process: a UUID, or another text that no other run ever has. */
  readonly id: string;
  /** A URL at which the other servers reach it. */
  readonly address: string;
  /** How busy it is: 1 where it has as many cells as it wants. */
  readonly load: number;
  /** It takes no new cells, and gives up those that it has. */
  readonly isDraining: boolean;
  /** The newest version of what servers say to each other that it speaks. */
  readonly protocol: number;
  /** Of the package. */
  readonly version: string;
}

/** What one server wants to use of what a tenant may. */
export interface ShareRequest {
  /** Its id, of `ServerInfo`. */
  readonly server: string;
  readonly tenant: string;
  readonly cells: {
    /** That run there now. */
    readonly running: number;
    /** That it wants to run, those included. */
    readonly wanted: number;
    /** At all servers; undefined for no bound. */
    readonly most: number | undefined;
  };
  readonly begins: {
    /** Cells that it wants to begin; below 0 what it gives back. */
    readonly wanted: number;
    /** At all servers; undefined for no bound. */
    readonly mostPerMinute: number | undefined;
  };
}

/** What a server may use until it asks again. */
export interface TenantShare {
  /** That it may run: as many as it wanted, or fewer, but not fewer than run. */
  readonly cells: number;
  /** That it may begin besides those that it was given before. */
  readonly begins: number;
  /** How many could be begun now by whoever asks next, with a fraction: it grows to the most in a minute. */
  readonly left: number;
}

/** Who has a cell; `none`: nobody that lives, so that it can be claimed. */
export type CellOwner =
  | { readonly type: "missing" }
  | {
      readonly type: "none" | "ended" | "here";
      readonly sessionId: string;
    }
  | {
      readonly type: "elsewhere";
      readonly sessionId: string;
      /** Undefined where it is a program that is no server. */
      readonly server: Pick<ServerInfo, "id" | "address" | "isDraining"> | undefined;
    };

export interface OrphanedCell {
  readonly cellId: string;
  readonly sessionId: string;
}

export function isClusterStore(store: DurableStore): store is ClusterStore {
  const { beat, ownerOf, orphans, share } = store as Partial<ClusterStore>;
  return [beat, ownerOf, orphans, share].every((method) => typeof method === "function");
}
