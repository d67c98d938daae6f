import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { McpStdioServerConfig } from "../../src/mcp.js";

export const root: string = resolve(import.meta.dirname, "../..");

/** The fixture server in one of its modes, as a config's entry. */
export function fixtureServer(mode = "normal"): McpStdioServerConfig {
  return { command: process.execPath, args: [join(root, "test/fixtures/mcp-server.mjs"), mode] };
}

/** What the scripted server answers; the fixture says more. */
export interface McpScript {
  readonly answers?: Readonly<Record<string, unknown>>;
  readonly calls?: Readonly<Record<string, unknown>>;
  readonly toolCount?: number;
  readonly propertyCount?: number;
  readonly descriptionLength?: number;
  readonly pageCount?: number;
}

/** A server that answers what the script says, as a config's entry. */
export function scriptedMcpServer(script: McpScript): McpStdioServerConfig {
  const fixture = join(root, "test/fixtures/scripted-mcp-server.mjs");
  return { command: process.execPath, args: [fixture, JSON.stringify(script)] };
}

/** A server that lists these entries as its tools. */
export function listingServer(
  tools: readonly unknown[],
  script: McpScript = {},
): McpStdioServerConfig {
  const answers = { "tools/list": { result: { tools } }, ...script.answers };
  return scriptedMcpServer({ ...script, answers });
}

/** A server that has prompts and resources and asks its client things, as a config's entry. */
export function peerServer(name: string): McpStdioServerConfig {
  return { command: process.execPath, args: [join(root, "test/fixtures/mcp-peer.mjs"), name] };
}

/** A server from the npm registry, as a config's entry. */
export function registryServer(
  name: "everything" | "filesystem" | "memory",
  ...args: readonly string[]
): McpStdioServerConfig {
  const main = join(root, `node_modules/@modelcontextprotocol/server-${name}/dist/index.js`);
  return { command: process.execPath, args: [main, ...args] };
}

/** True while a process runs; one that has ended and waits for its parent does not. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/** Collects lines and lets a test wait for one. */
export class LineWatch {
  readonly lines: string[] = [];
  readonly #waiting = new Set<() => void>();

  readonly push = (line: string): void => {
    this.lines.push(line);
    for (const wake of this.#waiting) {
      wake();
    }
  };

  /** Resolves with the next line, or after so many milliseconds without one. */
  next(patienceMs = 60_000): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(wake, patienceMs);
      this.#waiting.add(wake);
    });
  }

  /** Resolves when a line that contains the text has come. */
  seen(text: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.lines.some((line) => line.includes(text))) {
          this.#waiting.delete(look);
          resolve();
        }
      };
      this.#waiting.add(look);
      look();
    });
  }
}
