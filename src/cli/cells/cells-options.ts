import type { SessionCommandOptions } from "../session-options.js";

export type CellsAction = "list" | "show" | "journal" | "resume" | "forget";

export interface CellsOptions extends SessionCommandOptions {
  readonly store: string;
  readonly session?: string;
  readonly json?: boolean;
}
