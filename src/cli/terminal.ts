import type { WriteStream } from "node:tty";
import { visible } from "./format.js";
import { StatusLine, type StatusText } from "./status-line.js";

/** Text in colour, or as it is where colour is unwanted. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** The two streams of a command: results on standard output, everything about them on standard error. */
export interface Terminal {
  readonly style: Style;
  readonly isErrorTty: boolean;
  /** Writes text that a cell handed out. On a terminal its control characters are made visible. */
  result(text: string): void;
  /** Writes lines of our own to standard error. */
  note(text: string): void;
  /**
   * Shows a line below all others, on a terminal only, in the place of the one before; undefined takes
   * it away.
   */
  status(text: StatusText | undefined): void;
}

/**
 * @param options - `color`: false turns colour off whatever the streams are. `onOutputClosed`: the
 *   reader of standard output has gone, as `head` does.
 */
export function openTerminal(options: {
  readonly color: boolean;
  readonly onOutputClosed: () => void;
}): Terminal {
  const { stdout, stderr } = process;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A terminal that is gone gives EIO.
    if (error.code !== "EPIPE" && error.code !== "EIO") {
      throw error;
    }
    options.onOutputClosed();
  });
  // Nobody is left to be told.
  stderr.on("error", () => {});
  const style = styleFor(stderr, options);
  const status = new StatusLine(stderr, style.dim);
  return {
    style,
    isErrorTty: stderr.isTTY === true,
    result: (text) => {
      status.writeAbove(() => stdout.write(stdout.isTTY ? visible(text) : text));
    },
    note: (text) => {
      status.writeAbove(() => stderr.write(`${text}\n`));
    },
    status: (text) => status.show(text),
  };
}

/** What text looks like that goes to a stream. `color`: false turns colour off whatever it is. */
export function styleFor(stream: WriteStream, options: { readonly color: boolean }): Style {
  return options.color && wantsColor(stream) ? colors : plain;
}

/** https://no-color.org: any value but the empty one turns colour off. */
function wantsColor(stream: WriteStream): boolean {
  const { NO_COLOR: noColor, FORCE_COLOR: forceColor, TERM: term } = process.env;
  if (noColor) {
    return false;
  }
  if (forceColor) {
    return forceColor !== "0" && forceColor !== "false";
  }
  return stream.isTTY === true && term !== "dumb";
}

const colors: Style = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39),
};

const plain: Style = {
  bold: (text) => text,
  dim: (text) => text,
  red: (text) => text,
  green: (text) => text,
  yellow: (text) => text,
  cyan: (text) => text,
};

function sgr(open: number, close: number): (text: string) => string {
  return (text) => `\u001b[${open}m${text}\u001b[${close}m`;
}
