import type { StoreOptions } from "../open-store.js";
import type { SessionCommandOptions } from "../session-options.js";

export type CellsAction = "list" | "show" | "journal" | "resume" | "forget";

export interface CellsOptions extends SessionCommandOptions, StoreOptions {
  readonly session?: string;
  readonly json?: boolean;
}
