import type { ReadStream } from "node:tty";

/** Knows when a terminal is gone, as when its window was closed. */
export class TerminalLoss {
  #isLost = false;

  /**
   * Lets readline close after the terminal is gone: readline restores the terminal's old mode when it
   * closes, and without this it would throw an error that cannot be caught.
   */
  constructor(input: ReadStream) {
    const setRawMode = input.setRawMode.bind(input);
    input.setRawMode = (isRaw) => {
      try {
        return setRawMode(isRaw);
      } catch {
        this.#isLost = true;
        return input;
      }
    };
    // The loss is told as the input's end too.
    input.on("error", () => {});
  }

  /**
   * Ends the process with the signal that a lost terminal sends by default. At a normal exit Node would
   * abort, because it cannot restore the terminal's old mode either.
   */
  exitIfLost(): void {
    if (this.#isLost) process.kill(process.pid, "SIGHUP");
  }
}
