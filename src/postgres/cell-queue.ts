import type { AppendResult, JournalPosition, StoredEnd, StoredRecord } from "../durable/store.js";

/** Records for one cell. */
export interface Append {
  readonly at: JournalPosition;
  readonly records: readonly StoredRecord[];
  readonly end: StoredEnd | undefined;
}

type Task =
  | { readonly type: "other"; run(): Promise<void> }
  | {
      readonly type: "append";
      readonly append: Append;
      resolve(result: AppendResult): void;
      reject(error: unknown): void;
    };

/**
 * Does what is to be done with one cell in the order in which it was asked for, one after another; records
 * that wait are written together.
 */
export class CellQueue {
  readonly #write: (append: Append) => Promise<AppendResult>;
  readonly #onIdle: () => void;
  #tasks: Task[] = [];
  #isRunning = false;

  /** @param onIdle - There is nothing to do any more. */
  constructor(write: (append: Append) => Promise<AppendResult>, onIdle: () => void) {
    this.#write = write;
    this.#onIdle = onIdle;
  }

  append(append: Append): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      this.#push({ type: "append", append, resolve, reject });
    });
  }

  run<Result>(action: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#push({ type: "other", run: () => action().then(resolve, reject) });
    });
  }

  #push(task: Task): void {
    this.#tasks.push(task);
    if (this.#isRunning) return;
    this.#isRunning = true;
    // What comes in this turn is written together.
    queueMicrotask(() => void this.#runAll());
  }

  async #runAll(): Promise<void> {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
      if (task.type === "other") {
        await task.run();
        continue;
      }
      const together = [task, ...this.#takeFollowing(task.append)];
      await this.#write(joined(together.map(({ append }) => append))).then(
        (result) => {
          for (const { resolve } of together) resolve(result);
        },
        (error: unknown) => {
          for (const { reject } of together) reject(error);
        },
      );
    }
    this.#isRunning = false;
    this.#onIdle();
  }

  /** Those that go on where an append ends: all are right, or all are fenced. */
  #takeFollowing(first: Append): (Task & { readonly type: "append" })[] {
    const taken: (Task & { readonly type: "append" })[] = [];
    let last = first;
    for (let next = this.#tasks[0]; next?.type === "append"; next = this.#tasks[0]) {
      const { at, end } = next.append;
      const goesOn = at.epoch === last.at.epoch && at.seq === last.at.seq + last.records.length;
      if (
        !goesOn ||
        (end !== undefined && [first, ...taken.map((it) => it.append)].some((it) => it.end))
      ) {
        break;
      }
      taken.push(next);
      this.#tasks.shift();
      last = next.append;
    }
    return taken;
  }
}

function joined(appends: readonly Append[]): Append {
  const [first] = appends;
  if (first === undefined) throw new TypeError("There is nothing to write.");
  if (appends.length === 1) return first;
  return {
    at: first.at,
    records: appends.flatMap(({ records }) => records),
    end: appends.find(({ end }) => end !== undefined)?.end,
  };
}
