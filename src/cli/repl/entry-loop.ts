import { readCell } from "../run-inputs.js";
import { UsageError } from "../usage-error.js";
import { type CommandContext, isCommand, runCommand } from "./dot-commands.js";
import type { EntryRunner } from "./entry-runner.js";
import type { InputSource } from "./input.js";
import { readEntry, readWholeEntry } from "./read-entry.js";

export interface EntryLoopOptions extends Omit<CommandContext, "runFile"> {
  readonly input: InputSource;
  readonly runner: EntryRunner;
  /** Ends the loop. */
  readonly signal: AbortSignal;
}

/** Reads entries and runs them, each when it is complete, until the input ends. */
export class EntryLoop {
  readonly #options: EntryLoopOptions;
  /** Of the entry that is not complete. */
  #lines: string[] = [];
  #isWell = true;

  constructor(options: EntryLoopOptions) {
    this.#options = options;
  }

  /** @returns Whether everything that was run has completed. */
  async run(): Promise<boolean> {
    const { input, signal } = this.#options;
    while (!signal.aborted) {
      const next = await input.next(this.#lines.length === 0 ? "first" : "further");
      if (signal.aborted) break;
      if (next.type === "dropped") {
        this.#lines = [];
        continue;
      }
      if (next.type === "text") this.#lines.push(next.text);
      const hasEnded = next.type === "ended";
      if ((await this.#take(hasEnded)) === "left" || hasEnded) break;
    }
    return this.#isWell;
  }

  /** Does what the lines ask for, if they are complete or the last. */
  async #take(areLast: boolean): Promise<"left" | undefined> {
    const { input, runner, signal } = this.#options;
    const text = this.#lines.join("\n");
    if (text.trim() === "") {
      this.#lines = [];
    } else if (isCommand(text)) {
      this.#lines = [];
      input.remember(text.trim());
      return this.#command(text);
    } else {
      const entry = areLast ? await readWholeEntry(text) : await readEntry(text);
      if (entry.type === "incomplete") return undefined;
      this.#lines = [];
      input.remember(text.trimEnd());
      if (signal.aborted) return undefined;
      this.#isWell = (await runner.run(entry)) && this.#isWell;
    }
    return undefined;
  }

  async #command(text: string): Promise<"left" | undefined> {
    const context = { ...this.#options, runFile: (file: string) => this.#runFile(file) };
    const result = await runCommand(text, context);
    if (result === "left") return "left";
    this.#isWell &&= result === "done";
    return undefined;
  }

  async #runFile(file: string): Promise<boolean> {
    const { runner, terminal } = this.#options;
    try {
      return await runner.run(await readWholeEntry(await readCell(file)), file);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      terminal.note(`${terminal.style.red("✗")} ${error.message}`);
      return false;
    }
  }
}
