import type { ClaimResult } from "../durable/store.js";
import { closedError, type Database } from "./database.js";
import type { HostLeases } from "./host-leases.js";
import type { Servers } from "./servers.js";
import type { Statements } from "./statements.js";
import { fromColumn, toColumn } from "./texts.js";

/** Milliseconds between two looks at whether the host of a cell lives. */
const watchMs = 250;

export interface ClaimsOptions {
  readonly database: Database;
  readonly statements: Statements;
  readonly leases: HostLeases;
  readonly servers: Servers;
}

/** Takes cells from hosts that are gone. */
export class Claims {
  readonly #options: ClaimsOptions;
  #isStopped = false;

  constructor(options: ClaimsOptions) {
    this.#options = options;
  }

  /** Of a host that may be dead it waits for the end of the lease, or for a sign that it lives. */
  async claim(cellId: string, host: string): Promise<ClaimResult> {
    const { database, statements, leases, servers } = this.#options;
    const id = toColumn(cellId);
    let seen: { readonly owner: string; readonly lease: string } | undefined;
    for (;;) {
      await leases.hold(host);
      const { rows } = await database.run(statements.owner, [id]);
      const [cell] = rows;
      if (cell === undefined) return { type: "missing" };
      if (cell["status"] !== "open") return { type: "ended" };
      const owner = fromColumn(cell["owner"] ?? "");
      const leftMs = Number(cell["left_ms"] ?? 0);
      // Those of this store live, also where their lease could not be renewed.
      const isOwn = leases.has(owner);
      if (owner !== host && (isOwn || leftMs > 0)) {
        const lease = cell["lease_until"] ?? "";
        const isAlive = seen?.owner === owner && seen.lease !== lease;
        // A server does not wait: it asks the other one, and looks again where that does not answer.
        if (isAlive || isOwn || servers.isServed) return { type: "owned" };
        if (this.#isStopped) throw closedError(database.schema);
        seen = { owner, lease };
        await database.pause(Math.min(leftMs + 1, watchMs));
        continue;
      }
      const claimed = await database.run(statements.claim, [
        id,
        toColumn(host),
        Number(cell["epoch"]),
      ]);
      const [row] = claimed.rows;
      if (row !== undefined) {
        return { type: "claimed", epoch: Number(row["epoch"]), seq: Number(row["next_seq"]) };
      }
      // Another was faster, or its host has come back.
    }
  }

  /** From here on none waits for a host. */
  stop(): void {
    this.#isStopped = true;
  }
}
