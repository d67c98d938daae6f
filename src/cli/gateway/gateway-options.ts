import type { ApprovalCommandOptions } from "../approval-options.js";
import type { ReadingCommandOptions } from "../reading-options.js";
import type { ListenAddress } from "./listen-address.js";

/** The options of `codecell mcp`. */
export interface McpCommandOptions extends ApprovalCommandOptions, ReadingCommandOptions {
  readonly config: string;
  readonly listen: ListenAddress;
  readonly allowOrigin?: readonly string[];
  readonly description: "short" | "full";
  readonly describe: "all" | "none";
  /** By name; checked by createCodeMode. */
  readonly limit?: Readonly<Record<string, number>>;
  readonly yieldAfter?: number;
  /** Milliseconds until an answer at most, whatever the model asks for. */
  readonly maxYieldAfter: number;
  readonly startTimeout?: number;
  /** Milliseconds that the first answers wait for servers. */
  readonly answerAfter?: number;
  /** Whether what servers listed when they last ran is told before they run again. */
  readonly toolCache: boolean;
  /** Milliseconds until a client over HTTP that has no connection is taken to have gone. */
  readonly idle?: number;
  readonly verbose?: boolean;
  /** A file that keeps the cells. */
  readonly store?: string;
  /** A file with the keys that encrypt it. */
  readonly sealKeys?: string;
  /** Whose cells and values they are, for clients that have no session of their own. */
  readonly session?: string;
}
