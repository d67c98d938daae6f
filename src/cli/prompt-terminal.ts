import type { Style, Terminal } from "./terminal.js";

/** Where the prompt stands on the screen. */
export interface PromptLine {
  writeAbove(write: () => void): void;
}

/** A terminal that may have a prompt in its last line, which stays there. */
export class PromptTerminal implements Terminal {
  readonly style: Style;
  readonly isErrorTty: boolean;
  /** Undefined where there is none. */
  prompt: PromptLine | undefined;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.style = terminal.style;
    this.isErrorTty = terminal.isErrorTty;
  }

  result(text: string): void {
    this.#write(() => this.#terminal.result(text));
  }

  note(text: string): void {
    this.#write(() => this.#terminal.note(text));
  }

  #write(write: () => void): void {
    if (this.prompt === undefined) {
      write();
    } else {
      this.prompt.writeAbove(write);
    }
  }
}
