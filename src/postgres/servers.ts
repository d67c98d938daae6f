import type {
  CellOwner,
  OrphanedCell,
  ServerInfo,
  ShareRequest,
  TenantShare,
} from "../durable/cluster-store.js";
import type { Database } from "./database.js";
import type { HostLeases } from "./host-leases.js";
import { toServerInfo } from "./rows.js";
import type { Statements } from "./statements.js";
import { fromColumn, toColumn } from "./texts.js";

/** What a store knows of the servers that share it, of which this process may be one. */
export class Servers {
  readonly #database: Database;
  readonly #statements: Statements;
  readonly #leases: HostLeases;
  readonly #leaseMs: number;
  #own: string | undefined;

  constructor(database: Database, statements: Statements, leases: HostLeases, leaseMs: number) {
    this.#database = database;
    this.#statements = statements;
    this.#leases = leases;
    this.#leaseMs = leaseMs;
  }

  /** Whether this process is a server. */
  get isServed(): boolean {
    return this.#own !== undefined;
  }

  async beat(server: ServerInfo): Promise<readonly ServerInfo[]> {
    const { id, address, load, isDraining, protocol, version } = server;
    const key = toColumn(id);
    const ways = [toColumn(address), load, isDraining, protocol, toColumn(version)];
    const others = await this.#run("beatServer", [key, this.#leaseMs, ...ways]);
    this.#own = id;
    await this.#leases.serve(id);
    return [server, ...others.map(toServerInfo)];
  }

  async ownerOf(cellId: string): Promise<CellOwner> {
    const [row] = await this.#run("holder", [toColumn(cellId)]);
    if (row === undefined) return { type: "missing" };
    const sessionId = fromColumn(row["session"] ?? "");
    if (row["status"] !== "open") return { type: "ended", sessionId };
    const owner = row["owner"];
    if (typeof owner === "string" && this.#leases.has(fromColumn(owner))) {
      return { type: "here", sessionId };
    }
    if (row["lives"] !== "t") return { type: "none", sessionId };
    const { server, address, draining } = row;
    if (typeof server !== "string") return { type: "elsewhere", sessionId, server: undefined };
    return {
      type: "elsewhere",
      sessionId,
      server: {
        id: fromColumn(server),
        address: fromColumn(address ?? ""),
        isDraining: draining === "t",
      },
    };
  }

  async orphans(limit: number): Promise<readonly OrphanedCell[]> {
    const rows = await this.#run("orphans", [limit]);
    return rows.map(({ id, session }) => ({
      cellId: fromColumn(id ?? ""),
      sessionId: fromColumn(session ?? ""),
    }));
  }

  async share({ server, tenant, cells, begins }: ShareRequest): Promise<TenantShare> {
    const [row = {}] = await this.#run("share", [
      toColumn(tenant),
      toColumn(server),
      cells.running,
      cells.wanted,
      cells.most ?? null,
      begins.wanted,
      begins.mostPerMinute ?? null,
    ]);
    return {
      cells: Number(row["cells"]),
      begins: begins.mostPerMinute === undefined ? begins.wanted : Number(row["given"]),
      left: row["begins"] === null ? Number.POSITIVE_INFINITY : Number(row["begins"]),
    };
  }

  /** This process is no server any more. Never rejects: where it fails its lease runs out. */
  async leave(): Promise<void> {
    if (this.#own === undefined) return;
    await this.#run("leaveServer", [toColumn(this.#own)]).catch(() => {});
  }

  async #run(name: keyof Statements, values: readonly unknown[]) {
    return (await this.#database.run(this.#statements[name], values)).rows;
  }
}
