import { createInterface } from "node:readline";
import type { PromptLine, PromptTerminal } from "../prompt-terminal.js";
import type { Questioner } from "./approver.js";

/** A terminal that knows no control sequences. */
const isDumb = process.env["TERM"] === "dumb";

/** Moves to the beginning of the line and clears it. */
const clearLine = "\r\u001b[K";

/** Asks the person at the terminal, whose standard input nothing else reads. */
export class LineQuestioner implements Questioner, PromptLine {
  readonly #terminal: PromptTerminal;
  #question = "";

  constructor(terminal: PromptTerminal) {
    this.#terminal = terminal;
  }

  async ask(text: string, question: string, signal: AbortSignal): Promise<string | undefined> {
    this.#terminal.note(text);
    this.#question = question;
    this.#terminal.prompt = this;
    process.stderr.write(question);
    const line = await nextLine(signal);
    this.#terminal.prompt = undefined;
    // The person's own key has ended the line.
    if (line === undefined) process.stderr.write("\n");
    return line;
  }

  /** The question moves below what is written meanwhile. */
  writeAbove(write: () => void): void {
    process.stderr.write(isDumb ? "\n" : clearLine);
    write();
    process.stderr.write(this.#question);
  }
}

/** The terminal edits the line, and Ctrl-C is the signal it always is. */
function nextLine(signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer: string | undefined;
    const lines = createInterface({ input: process.stdin, terminal: false, signal });
    lines.once("line", (line) => {
      answer = line;
      lines.close();
    });
    lines.once("close", () => resolve(answer));
  });
}
