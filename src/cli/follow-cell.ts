import type { CellEvent } from "../protocol/events.js";
import type { CellLog, CellOutcome, EndedOutcome, OutputItem } from "../protocol/outcome.js";
import type { Session } from "../session/session.js";

export interface FollowOptions {
  /** Milliseconds after which each observation yields; undefined for the default. */
  readonly yieldAfterMs: number | undefined;
  /** Terminates the cell, also between two observations. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: CellEvent) => void;
  /** The cell is kept in a store: an interruption does not end it. */
  readonly isDurable?: boolean;
  /** Told of the id of a cell that is kept. */
  readonly onCellId?: (cellId: string) => void;
}

/** Runs a cell and waits for it, yield after yield, to its end. */
export async function followCell(
  session: Session,
  source: string,
  { yieldAfterMs, signal, onEvent, onCellId, isDurable = false }: FollowOptions,
): Promise<EndedOutcome> {
  const observation = yieldAfterMs === undefined ? {} : { yieldAfterMs };
  const first = isDurable
    ? session.exec(source, { ...observation, onEvent, onCellId })
    : session.exec(source, { ...observation, signal, onEvent });
  // A durable cell is not ended, but left to who resumes it.
  using _ = isDurable ? closeOnAbort(session, signal) : undefined;
  return followToEnd(session, await first, { yieldAfterMs, signal });
}

/** Waits for a cell, yield after yield, to its end, or until its session is closed. */
export async function followToEnd(
  session: Session,
  first: CellOutcome,
  { yieldAfterMs }: Pick<FollowOptions, "yieldAfterMs" | "signal">,
): Promise<EndedOutcome> {
  const observation = yieldAfterMs === undefined ? {} : { yieldAfterMs };
  const output: OutputItem[] = [];
  const logs: CellLog[] = [];
  let outcome = first;
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

/** Closes the session when a person interrupts: its cells stay in the store. */
export function closeOnAbort(session: Session, signal: AbortSignal): Disposable {
  const close = (): void => void session.close();
  if (signal.aborted) close();
  signal.addEventListener("abort", close, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", close) };
}
