import type { CommandRecord } from "../../journal/entry.js";
import type { ReadJournal } from "../../journal/replay.js";
import type { AnswerSource } from "./inspected-globals.js";

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Gives calls and timers what the journal has for them, in its order. */
export class Answers implements AnswerSource {
  readonly #commands: readonly CommandRecord[];
  readonly #waiting = new Map<string, Waiting>();
  #next = 0;
  #now: number;
  #lastCall = 0;
  #lastTimer = 0;

  constructor({ opened, commands }: ReadJournal) {
    this.#commands = commands;
    this.#now = opened.now;
  }

  /** What the cell's clock shows. */
  get now(): number {
    return this.#now;
  }

  /** The answer of the next call. */
  call(): Promise<unknown> {
    this.#lastCall += 1;
    return this.#wait(`call ${this.#lastCall}`);
  }

  /** Calls back when the next timer was fired, and each time that it was where it `repeats`. */
  timer(callback: () => void, repeats: boolean): number {
    this.#lastTimer += 1;
    const timer = this.#lastTimer;
    const again = (): void => {
      if (repeats) this.#onFired(timer, again);
      callback();
    };
    this.#onFired(timer, again);
    return timer;
  }

  clear(timer: number): void {
    this.#waiting.delete(`timer ${timer}`);
  }

  /** From here on answers are given, one in each turn of the loop. */
  start(): void {
    const command = this.#commands[this.#next];
    if (command === undefined) return;
    const key = command.kind === "fired" ? `timer ${command.timer}` : `call ${command.call}`;
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      this.#waiting.delete(key);
      this.#next += 1;
      this.#now = command.now;
      settle(waiting, command);
    }
    setImmediate(() => this.start());
  }

  #onFired(timer: number, callback: () => void): void {
    this.#waiting.set(`timer ${timer}`, { resolve: callback, reject: callback });
  }

  #wait(key: string): Promise<unknown> {
    return new Promise((resolve, reject) => this.#waiting.set(key, { resolve, reject }));
  }
}

function settle({ resolve, reject }: Waiting, command: CommandRecord): void {
  if (command.kind === "fired") resolve(undefined);
  else if (command.ok) resolve(command.isJson ? JSON.parse(command.value) : command.value);
  else reject(Object.assign(new Error(command.value), { name: "ToolError" }));
}
