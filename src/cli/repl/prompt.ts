import {
  type CompleterResult,
  clearScreenDown,
  createInterface,
  cursorTo,
  type Interface,
  type Key,
  moveCursor,
} from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import type { Style } from "../terminal.js";
import type { EntryHistory } from "./entry-history.js";
import type { Input, InputSource } from "./input.js";

export interface PromptOptions {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly style: Style;
  readonly history: EntryHistory;
  readonly complete: (text: string) => Promise<CompleterResult>;
  /** Ends the input. */
  readonly signal: AbortSignal;
  /** Ctrl-C came while no caller waited for input. */
  readonly onInterrupt: () => void;
  /** The input has ended. An entry that was begun and not completed is dropped. */
  readonly onClosed: () => void;
}

/** Makes the terminal mark what is pasted, which readline then tells as two keys around it. */
const pasteMarks = { on: "\u001b[?2004h", off: "\u001b[?2004l" };

/** A terminal that knows no control sequences; readline sends it none either. */
const isDumb = process.env["TERM"] === "dumb";

/** Something else than an entry that the person is asked for. */
interface Question {
  /** What was being typed when it was asked; it comes back afterwards. */
  readonly typed: string;
  answer(line: string | undefined): void;
}

/** Lines that a person edits at a terminal. */
export class Prompt implements InputSource {
  readonly #options: PromptOptions;
  readonly #interface: Interface;
  /** Input that came before a caller waited for it. */
  readonly #early: Input[] = [];
  /** Lines that have been pasted and wait for the end of theirs. */
  #pasted: string[] = [];
  #isPasting = false;
  #waiting: ((input: Input) => void) | undefined;
  #question: Question | undefined;
  #position: "first" | "further" = "first";
  #isAboutToLeave = false;
  #isClosed = false;
  /** The list that readline walks with the arrow keys, the newest first; undefined until it tells. */
  #walked: string[] | undefined;

  constructor(options: PromptOptions) {
    this.#options = options;
    const { input, output, history, signal } = options;
    this.#interface = createInterface({
      input,
      output,
      terminal: true,
      signal,
      history: [...history.entries],
      historySize: history.size,
      removeHistoryDuplicates: true,
      completer: (line: string, callback: (error: null, result: CompleterResult) => void) => {
        const text = [...this.#pasted, line].join("\n");
        void options.complete(text).then((result) => callback(null, result));
      },
    });
    this.#interface.on("line", (line) => this.#takeLine(line));
    this.#interface.on("history", (walked) => {
      this.#walked = walked;
    });
    this.#interface.on("SIGINT", () => this.#interrupt());
    this.#interface.on("close", () => this.#close());
    input.on("keypress", this.#noticePaste);
    this.#mark("on");
  }

  next(position: "first" | "further"): Promise<Input> {
    const early = this.#early.shift();
    if (early !== undefined) return Promise.resolve(early);
    if (this.#isClosed) return Promise.resolve({ type: "ended" });
    this.#position = position;
    this.#ask();
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /**
   * Asks for one line that is no entry, while a cell runs.
   *
   * @param signal - Takes the question back.
   * @returns The line; undefined where the person leaves, or the question is taken back.
   */
  ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    if (this.#isClosed || signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const takeBack = (): void => {
        this.#options.output.write(`\n${this.#rowsToGoUp()}`);
        this.#settle(undefined);
      };
      signal.addEventListener("abort", takeBack, { once: true });
      this.#question = {
        typed: this.#interface.line,
        answer: (line) => {
          signal.removeEventListener("abort", takeBack);
          resolve(line);
        },
      };
      this.#clearTyped();
      this.#interface.setPrompt(question);
      this.#interface.prompt();
    });
  }

  remember(entry: string): void {
    this.#options.history.add(entry);
    this.#forgetLines();
  }

  /** Writes lines to the terminal and puts the prompt and what has been typed below them. */
  writeAbove(write: () => void): void {
    const isAsking = this.#waiting !== undefined || this.#question !== undefined;
    const isEmpty = !isAsking && this.#interface.line === "";
    if (this.#isClosed || isEmpty || isDumb) {
      write();
      return;
    }
    const { output } = this.#options;
    moveCursor(output, 0, -this.#interface.getCursorPos().rows);
    cursorTo(output, 0);
    clearScreenDown(output);
    write();
    output.write(this.#rowsToGoUp());
    this.#interface.prompt(true);
  }

  [Symbol.dispose](): void {
    this.#interface.close();
    this.#options.input.off("keypress", this.#noticePaste);
  }

  /**
   * Before readline draws the prompt it goes up by as many rows as the cursor was below the prompt's
   * first when it last drew it: a property that it does not document, and that needs not be where the
   * cursor is. It knows nothing of what others have written meanwhile.
   */
  #rowsToGoUp(): string {
    const { prevRows } = this.#interface as Interface & { readonly prevRows?: number };
    return "\n".repeat(prevRows ?? this.#interface.getCursorPos().rows);
  }

  #ask(): void {
    const { dim, cyan } = this.#options.style;
    this.#interface.setPrompt(this.#position === "first" ? cyan("> ") : dim("... "));
    this.#interface.prompt();
  }

  readonly #noticePaste = (_character: unknown, key: Key | undefined): void => {
    if (key?.name === "paste-start") this.#isPasting = true;
    if (key?.name === "paste-end") this.#isPasting = false;
  };

  #takeLine(line: string): void {
    if (this.#question !== undefined) {
      this.#forgetLines();
      this.#settle(line);
      return;
    }
    this.#isAboutToLeave = false;
    // Newer versions of Node give an entry of several lines back with other line ends.
    this.#pasted.push(line.replaceAll("\r", "\n"));
    if (this.#isPasting) {
      this.#position = "further";
      this.#ask();
      return;
    }
    const text = this.#pasted.join("\n");
    this.#pasted = [];
    this.#give({ type: "text", text });
  }

  /** Ctrl-C. */
  #interrupt(): void {
    if (this.#waiting === undefined) {
      this.#early.length = 0;
      this.#options.onInterrupt();
      return;
    }
    if (this.#interface.line !== "" || this.#position === "further") {
      this.#drop();
      return;
    }
    if (this.#isAboutToLeave) {
      this.#interface.close();
      return;
    }
    this.#isAboutToLeave = true;
    const { output, style } = this.#options;
    this.writeAbove(() => output.write(`${style.dim("Ctrl-C again, Ctrl-D or .exit leaves.")}\n`));
  }

  #mark(pastes: keyof typeof pasteMarks): void {
    if (!isDumb) this.#options.output.write(pasteMarks[pastes]);
  }

  /** Leaves what was typed on the screen, as shells do. */
  #drop(): void {
    this.#isAboutToLeave = false;
    this.#isPasting = false;
    this.#pasted = [];
    this.#interface.write(null, { ctrl: true, name: "e" });
    this.#options.output.write(`^C\n${this.#rowsToGoUp()}`);
    this.#interface.write(null, { ctrl: true, name: "u" });
    this.#give({ type: "dropped" });
  }

  #clearTyped(): void {
    this.#interface.write(null, { ctrl: true, name: "e" });
    this.#interface.write(null, { ctrl: true, name: "u" });
  }

  /** Of the lines that readline has added to its history by itself those stay that are entries. */
  #forgetLines(): void {
    this.#walked?.splice(0, Infinity, ...this.#options.history.entries);
  }

  #settle(line: string | undefined): void {
    const question = this.#question;
    this.#question = undefined;
    if (question === undefined) return;
    if (!this.#isClosed) {
      this.#clearTyped();
      this.#interface.setPrompt("");
      this.#interface.write(question.typed);
    }
    question.answer(line);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { output, onClosed } = this.#options;
    if (this.#waiting !== undefined) output.write("\n");
    this.#mark("off");
    onClosed();
    this.#settle(undefined);
    this.#give({ type: "ended" });
  }

  #give(input: Input): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) {
      this.#early.push(input);
      return;
    }
    if (!this.#isClosed) this.#interface.setPrompt("");
    waiting(input);
  }
}
