import type { Isolation } from "../../index.js";
import type { HttpAddress } from "../gateway/listen-address.js";
import type { LogFormat } from "./request-log.js";

/** The options of `codecell serve`. */
export interface ServeOptions {
  readonly store: string;
  /** A file with the keys that encrypt it. */
  readonly sealKeys?: string;
  readonly listen: ServeAddress;
  readonly config?: string;
  readonly isolation: Isolation;
  readonly allowOrigin?: readonly string[];
  /** Files in PEM. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  /** By name; checked by createCodeMode. */
  readonly limit?: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly maxYieldAfter: number;
  readonly drain: number;
  /** A URL at which other servers of the store reach this one. */
  readonly advertise?: string;
  /** A file with what all of them know. */
  readonly clusterSecret?: string;
  /** Cells that this server wants to run at most. */
  readonly targetCells: number;
  readonly startTimeout?: number;
  /** Writes a line of each request and of each cell that ends. Default: only of problems, as JSON. */
  readonly log?: LogFormat;
}

export type ServeAddress = Pick<HttpAddress, "host" | "port">;
