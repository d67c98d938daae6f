import type { StoreOptions } from "../open-store.js";
import type { SessionCommandOptions } from "../session-options.js";

export type CellsAction = "list" | "show" | "journal" | "resume" | "forget" | "rekey";

/** Rows that a command reads of a store: all, as far as they are for people. */
export const everything = 1_000_000;

export interface CellsOptions extends SessionCommandOptions, StoreOptions {
  readonly session?: string;
  readonly json?: boolean;
  /** A cell goes on though tools that it had are missing. */
  readonly withoutTools?: boolean;
}
