import type { McpConfig, McpServerEvent } from "../mcp.js";
import { visible } from "./format.js";
import type { Terminal } from "./terminal.js";

/** Says on a terminal which servers are still starting, in a line that goes when all have answered. */
export class StartingServers implements Disposable {
  readonly #terminal: Terminal;
  readonly #open: Set<string>;

  constructor({ mcpServers }: McpConfig, terminal: Terminal) {
    const enabled = Object.entries(mcpServers).filter(([, { disabled }]) => disabled !== true);
    this.#open = new Set(enabled.map(([name]) => name));
    this.#terminal = terminal;
    this.#show();
  }

  take({ type, server }: McpServerEvent): void {
    if (type !== "toolsChanged") this.answered(server);
  }

  /** The server runs, or will not. */
  answered(server: string): void {
    if (this.#open.delete(server)) this.#show();
  }

  [Symbol.dispose](): void {
    this.#open.clear();
    this.#show();
  }

  #show(): void {
    const names = [...this.#open].map(visible);
    this.#terminal.status(names.length === 0 ? undefined : (width) => startingText(names, width));
  }
}

/** Columns at most: the characters of some scripts take two, and so may others. */
function columnsOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (/[ -~…]/.test(character) ? 1 : 2), 0);
}

/** "starting a, b and 3 more …", as many names as there is room for. */
export function startingText(names: readonly string[], width: number): string {
  const texts = names.map((_, index) => {
    const shown = names.slice(0, names.length - index).join(", ");
    return index === 0 ? `starting ${shown} …` : `starting ${shown} and ${index} more …`;
  });
  const fitting = texts.find((text) => columnsOf(text) <= width);
  return fitting ?? `starting ${names.length === 1 ? "a server" : `${names.length} servers`} …`;
}
