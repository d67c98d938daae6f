/** What `CodeMode.revert` did for a cell. */
export interface RevertReport {
  readonly cellId: string;
  /** `"reverted"`: each call of `calls` is; `"incomplete"`: some are not. */
  readonly status: "reverted" | "incomplete";
  /** The calls of the cell that may have had an effect, in the order in which they are reverted: the last first. */
  readonly calls: readonly RevertedCall[];
}

/** What became of one call. */
export interface RevertedCall {
  /** As events have it. */
  readonly callId: string;
  /** The tool's name under `tools`. */
  readonly tool: string;
  /**
   * `"reverted"`: its tool has reverted it, now or earlier; `"failed"`: its tool's `revert` threw, and the next
   * `CodeMode.revert` tries it again; `"lost"`: a process ended while its `revert` ran, so that the journal does not say whether
   * that took effect; `"pending"`: it was not tried, because a later call was not reverted; `"irreversible"`: its tool
   * has no `revert`; `"unknown"`: its tool ran and gave no result, because it failed or its process ended, so that
   * nobody knows whether it took effect.
   */
  readonly status: "reverted" | "failed" | "lost" | "pending" | "irreversible" | "unknown";
  /** What `revert` threw; only with `"failed"`. */
  readonly error?: string;
}
