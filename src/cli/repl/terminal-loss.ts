import type { ReadStream } from "node:tty";

/** Knows when a terminal is gone, as when its window was closed. */
export class TerminalLoss {
  #isLost = false;

  /**
   * Lets readline close at a terminal that is gone: it wants to give the terminal its old mode back,
   * and would throw where nobody can catch it.
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
   * Ends the process as the loss of its terminal ends one, where nobody handles that signal. Node aborts
   * at a regular exit, since it cannot give the terminal its old mode back either.
   */
  exitIfLost(): void {
    if (this.#isLost) process.kill(process.pid, "SIGHUP");
  }
}
