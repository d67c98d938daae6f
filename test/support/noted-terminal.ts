import type { Style, Terminal } from "../../src/cli/terminal.js";

const as =
  (name: string) =>
  (text: string): string =>
    `<${name}>${text}</>`;

/** Names its colours. */
const style: Style = {
  bold: as("bold"),
  dim: as("dim"),
  red: as("red"),
  green: as("green"),
  yellow: as("yellow"),
  cyan: as("cyan"),
};

/** A terminal that keeps what it is given, in the colours of `<red>…</>`. */
export function notedTerminal(): { readonly terminal: Terminal; readonly notes: string[] } {
  const notes: string[] = [];
  const terminal: Terminal = {
    style,
    pageStyle: style,
    isErrorTty: true,
    hasResultColors: true,
    result: () => {},
    styledResult: () => {},
    page: () => {},
    note: (text) => void notes.push(text),
    status: () => {},
  };
  return { terminal, notes };
}
