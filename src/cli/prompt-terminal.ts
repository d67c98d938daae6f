import type { StatusText } from "./status-line.js";
import type { Style, Terminal } from "./terminal.js";

/** Where the prompt stands on the screen. */
export interface PromptLine {
  writeAbove(write: () => void): void;
}

/** A terminal that may have a prompt in its last line, which stays there. */
export class PromptTerminal implements Terminal {
  readonly style: Style;
  readonly pageStyle: Style;
  readonly isErrorTty: boolean;
  readonly hasResultColors: boolean;
  /** Undefined if there is none. */
  prompt: PromptLine | undefined;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.style = terminal.style;
    this.pageStyle = terminal.pageStyle;
    this.isErrorTty = terminal.isErrorTty;
    this.hasResultColors = terminal.hasResultColors;
  }

  result(text: string): void {
    this.#write(() => this.#terminal.result(text));
  }

  styledResult(text: string): void {
    this.#write(() => this.#terminal.styledResult(text));
  }

  page(text: string): void {
    this.#write(() => this.#terminal.page(text));
  }

  note(text: string): void {
    this.#write(() => this.#terminal.note(text));
  }

  status(text: StatusText | undefined): void {
    this.#terminal.status(text);
  }

  #write(write: () => void): void {
    if (this.prompt === undefined) {
      write();
    } else {
      this.prompt.writeAbove(write);
    }
  }
}
