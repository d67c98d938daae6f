import type { HostAddress } from "./host-address.js";

/** The options of `codecell host`. */
export interface HostCommandOptions {
  readonly listen: HostAddress;
  /** Makes this folder, and serves nothing. */
  readonly install?: string;
  /** Of `install`: the executable of Codex. */
  readonly codex?: string;
  /** By name; checked by createCodeMode. */
  readonly limit?: Readonly<Record<string, number>>;
  readonly deadlock: "fail" | "wait";
  readonly dialect: "lenient" | "strict";
  readonly webGlobals: boolean;
}
