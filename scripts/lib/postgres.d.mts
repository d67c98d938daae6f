export interface PostgresServer {
  /** Of a database that is empty at first. */
  readonly url: string;
  /** The same through pgbouncer, in transaction mode. */
  readonly bouncerUrl: string;
  /**
   * `stop`: as an operator does; `kill`: as a loss of power does; `restore`: as it was at the last `dump`.
   * Resolves when it is done.
   */
  tell(what: "stop" | "kill" | "start" | "dump" | "restore"): Promise<void>;
  /** Resolves when it is gone, with all that it had. */
  end(): Promise<void>;
}

/** @throws Where PostgreSQL is not installed: with what to type. */
export declare function startPostgres(options?: {
  readonly bouncer?: boolean;
}): Promise<PostgresServer>;
