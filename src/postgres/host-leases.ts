import type { Database } from "./database.js";
import type { Statements } from "./statements.js";
import { toColumn } from "./texts.js";

/**
 * Says in the database that the hosts of this store live. A host whose lease has run out may be robbed of its
 * cells; where nobody has done so it goes on. Only the clock of the database counts.
 */
export class HostLeases {
  readonly #database: Database;
  readonly #statements: Statements;
  readonly #leaseMs: number;
  /** By the host: until when its lease holds for certain, by our own clock. */
  readonly #heldUntil = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #beat: Promise<void> | undefined;
  #server: string | undefined;

  constructor(database: Database, statements: Statements, leaseMs: number) {
    this.#database = database;
    this.#statements = statements;
    this.#leaseMs = leaseMs;
  }

  /** Whether it is a host of this store. */
  has(host: string): boolean {
    return this.#heldUntil.has(host);
  }

  /** From the next beat on, its hosts are a server's. */
  async serve(server: string): Promise<void> {
    if (this.#server === server) return;
    this.#server = server;
    if (this.#heldUntil.size === 0) return;
    await this.#beat?.catch(() => {});
    await this.#renew();
  }

  /**
   * Resolves when the host has a lease, which is then renewed.
   *
   * @throws {CodeModeError} ERR_STORE_UNAVAILABLE; ERR_PACKAGE_MISSING.
   */
  async hold(host: string): Promise<void> {
    const isHeld = (): boolean =>
      (this.#heldUntil.get(host) ?? 0) > performance.now() + this.#leaseMs / 2;
    if (isHeld()) return;
    if (!this.has(host)) this.#heldUntil.set(host, 0);
    // One that is under way may have begun without it.
    await this.#beat?.catch(() => {});
    if (!isHeld()) await this.#renew();
    this.#timer ??= setInterval(() => this.#renewSoon(), this.#leaseMs / 3).unref();
  }

  /** Gives all leases up. Never rejects: where it fails they run out. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beat?.catch(() => {});
    if (this.#heldUntil.size === 0) return;
    const hosts = [...this.#heldUntil.keys()].map(toColumn);
    await this.#database.run(this.#statements.leave, [hosts]).catch(() => {});
  }

  /** What is wrong with the database is told to who needs it. */
  #renewSoon(): void {
    if (this.#beat === undefined) this.#renew().catch(() => {});
  }

  #renew(): Promise<void> {
    this.#beat ??= this.#renewNow().finally(() => {
      this.#beat = undefined;
    });
    return this.#beat;
  }

  async #renewNow(): Promise<void> {
    const hosts = [...this.#heldUntil.keys()];
    const until = performance.now() + this.#leaseMs;
    await this.#database.run(this.#statements.beat, [
      hosts.map(toColumn),
      this.#leaseMs,
      this.#server === undefined ? null : toColumn(this.#server),
    ]);
    for (const host of hosts) this.#heldUntil.set(host, until);
  }
}
