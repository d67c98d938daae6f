import type { CellEvent } from "../protocol/events.js";
import type { CellLog, CellOutcome, EndedOutcome, OutputItem } from "../protocol/outcome.js";
import type { Session } from "../session/session.js";

export interface FollowOptions {
  /** Milliseconds after which each observation yields; undefined for the default. */
  readonly yieldAfterMs: number | undefined;
  /** Terminates the cell, also between two observations. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: CellEvent) => void;
}

/** Runs a cell and waits for it, yield after yield, to its end. */
export async function followCell(
  session: Session,
  source: string,
  { yieldAfterMs, signal, onEvent }: FollowOptions,
): Promise<EndedOutcome> {
  const observation = yieldAfterMs === undefined ? {} : { yieldAfterMs };
  const output: OutputItem[] = [];
  const logs: CellLog[] = [];
  let outcome: CellOutcome = await session.exec(source, { ...observation, signal, onEvent });
  while (outcome.status === "yielded") {
    output.push(...outcome.output);
    logs.push(...outcome.logs);
    outcome = await session.wait(outcome.cellId, observation);
  }
  if (outcome.status === "missing") {
    throw new Error(
      `cell ${outcome.cellId} has no result any more, although it was not returned yet`,
    );
  }
  return { ...outcome, output: [...output, ...outcome.output], logs: [...logs, ...outcome.logs] };
}
