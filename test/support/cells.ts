import {
  type CellError,
  type CellEvent,
  type CellOutcome,
  type CodeModeOptions,
  type CompletedOutcome,
  createCodeMode,
  type ExecOptions,
  type FailedOutcome,
  type Session,
} from "../../src/index.js";

/** A session of a runtime of its own. */
export function openSession(options: CodeModeOptions = {}): Session {
  return createCodeMode(options).openSession();
}

/** Runs a source in a session of its own, however long it takes, and closes that. */
export async function run(source: string, options: CodeModeOptions = {}): Promise<CellOutcome> {
  await using session = openSession({ yieldAfterMs: Infinity, ...options });
  return await session.exec(source);
}

/** The texts of a source that completes. */
export async function runToTexts(
  source: string,
  options: CodeModeOptions = {},
): Promise<readonly string[]> {
  return textsOf(await run(source, options));
}

/** The error of a source that fails. */
export async function runToError(
  source: string,
  options: CodeModeOptions = {},
): Promise<CellError> {
  return failedOf(await run(source, options)).error;
}

export function completedOf(outcome: CellOutcome): CompletedOutcome {
  if (outcome.status === "completed") return outcome;
  throw new Error(`The cell has not completed: ${JSON.stringify(outcome)}`);
}

export function failedOf(outcome: CellOutcome): FailedOutcome {
  if (outcome.status === "failed") return outcome;
  throw new Error(`The cell has not failed: ${JSON.stringify(outcome)}`);
}

export function textsOf(outcome: CellOutcome): readonly string[] {
  return shownBy(completedOf(outcome));
}

/** The texts of an outcome that need not be the last, or not a good one. */
export function shownBy(outcome: CellOutcome): readonly string[] {
  if (outcome.status === "missing") throw new Error(`There is no cell ${outcome.cellId}.`);
  return outcome.output.map((item) => (item.type === "text" ? item.text : item.type));
}

/** Starts a cell and resolves with its id when its code runs. */
export async function start(
  session: Session,
  source: string,
  options: ExecOptions = {},
): Promise<string> {
  const outcome = await session.exec(source, { yieldAfterMs: 0, ...options });
  if (outcome.status === "yielded") return outcome.cellId;
  throw new Error(`The cell does not run: ${JSON.stringify(outcome)}`);
}

/** Starts a cell and resolves with its id when it has run for a moment and goes on. */
export async function enter(session: Session, source: string): Promise<string> {
  const id = await start(session, source);
  const outcome = await session.wait(id, { yieldAfterMs: 10 });
  if (outcome.status === "yielded") return id;
  throw new Error(`The cell does not go on: ${JSON.stringify(outcome)}`);
}

/** Collects events and lets a test wait for one. */
export class EventLog {
  readonly events: CellEvent[] = [];
  readonly #waiting = new Set<() => void>();

  readonly push = (event: CellEvent): void => {
    this.events.push(event);
    for (const look of this.#waiting) look();
  };

  types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  /** Resolves with the first event of this type, once there are `count` of them. */
  seen<Type extends CellEvent["type"]>(
    type: Type,
    count = 1,
  ): Promise<CellEvent & { readonly type: Type }> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.events.filter((event) => event.type === type);
        const [first] = found;
        if (first === undefined || found.length < count) return;
        this.#waiting.delete(look);
        resolve(first as CellEvent & { readonly type: Type });
      };
      this.#waiting.add(look);
      look();
    });
  }
}

/** A promise that a test settles when it wants. */
export class Held<Value = void> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;

  constructor() {
    let resolve: (value: Value) => void = () => {};
    this.promise = new Promise((settle) => {
      resolve = settle;
    });
    this.resolve = resolve;
  }
}
