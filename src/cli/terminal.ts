import type { WriteStream } from "node:tty";
import { visible, visibleBeside } from "./format.js";
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

/**
 * The two streams of a command: results on standard output, everything about them on standard error. What
 * is written to a terminal comes through here, and no control character of a cell or a server gets by.
 */
export interface Terminal {
  readonly style: Style;
  readonly isErrorTty: boolean;
  /** Writes text that a cell handed out. On a terminal its control characters are made visible. */
  result(text: string): void;
  /** Writes a result that has no control characters but our own. */
  styledResult(text: string): void;
  /** Whether a styled result may have colours. */
  readonly hasResultColors: boolean;
  /** Writes a page of our own to standard output, in the colours of `pageStyle`. */
  page(text: string): void;
  readonly pageStyle: Style;
  /** Writes lines of our own to standard error, in the colours of `style`. */
  note(text: string): void;
  /**
   * Shows a line below all others, on a terminal only, instead of the one before; undefined takes
   * it away.
   */
  status(text: StatusText | undefined): void;
}

/**
 * @param options - `color`: false turns colour off whatever the streams are. `onOutputClosed`: nothing
 *   can be written to standard output any more; with 141, as if SIGPIPE had ended the command, where its
 *   reader has gone, as `head` does, and with 1 where it fails, as a full disk does, which has been told.
 */
export function openTerminal(options: {
  readonly color: boolean;
  readonly onOutputClosed: (exitCode: 1 | 141) => void;
}): Terminal {
  const { stdout, stderr } = process;
  // Standard error is closed, so there is no place left to report this.
  stderr.on("error", () => {});
  const style = styleFor(stderr, options);
  const pageStyle = styleFor(stdout, options);
  const status = new StatusLine(stderr, style.dim);
  const shown = (text: string, own: Style): string =>
    own === colors ? visibleBeside(text) : visible(text);
  const note = (text: string): void => {
    status.writeAbove(() => stderr.write(`${shown(text, style)}\n`));
  };
  let hasFailed = false;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    // The command itself has ended it, with what its reader has left unread.
    if (error.code === "ABORT_ERR") return;
    // A terminal that is gone gives EIO.
    if (error.code === "EPIPE" || error.code === "EIO") return options.onOutputClosed(141);
    if (!hasFailed) {
      note(`${style.red("codecell:")} cannot write to standard output: ${systemReason(error)}`);
    }
    hasFailed = true;
    options.onOutputClosed(1);
  });
  return {
    style,
    pageStyle,
    isErrorTty: stderr.isTTY === true,
    result: (text) => {
      status.writeAbove(() => stdout.write(stdout.isTTY ? visible(text) : text));
    },
    styledResult: (text) => status.writeAbove(() => stdout.write(text)),
    hasResultColors: options.color && wantsColor(stdout),
    page: (text) => {
      status.writeAbove(() => stdout.write(shown(text, pageStyle)));
    },
    note,
    status: (text) => status.show(text),
  };
}

/** "no space left on device", of "ENOSPC: no space left on device, write". */
function systemReason({ message }: Error): string {
  return message.replace(/^[A-Z]+: /, "").replace(/, \w+$/, "");
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
