import type { NamedTool } from "../../tools/tool-definition.js";
import { toToolNames } from "../../tools/tool-names.js";
import { type OnMcpWarning, quote, someOf } from "./warnings.js";

/** A server's tools under the names that the server gave them. */
export interface ServerTools {
  readonly server: string;
  readonly tools: readonly NamedTool[];
}

/**
 * Gives the tools of servers names that programs can tell apart: of two that would become one, the
 * later gets a suffix, such as `read_file_2`, and so does a server whose prefix is taken. A name that
 * is one from the start keeps it. The same lists give the same names, and names that have been made
 * unique stay.
 *
 * @returns The tools of each server, in the order of the servers.
 */
export function uniqueNames(
  servers: readonly ServerTools[],
  onWarning: OnMcpWarning,
): readonly (readonly NamedTool[])[] {
  const spaces = uniqueSpaces(
    servers.map(({ server }) => server),
    onWarning,
  );
  const placed = servers.map(({ server, tools }, index) => ({
    server,
    tools: tools.map((tool) => inSpace(tool, spaces[index] ?? "")),
  }));
  const names = new TakenNames(placed.flatMap(({ tools }) => tools));
  return placed.map(({ server, tools }) => {
    const clashes: string[] = [];
    const named = tools.map((tool) => {
      const { name, taken } = names.take(tool, server);
      if (taken === undefined) return tool;
      const own = { ...tool, name };
      clashes.push(clashText(tool, server, taken, programName(own)));
      return own;
    });
    if (clashes.length > 0) {
      const message = `MCP server "${server}": ${someOf(clashes)}.`;
      onWarning({ code: "MCP_NAMES", server, message });
    }
    return named;
  });
}

interface Holder {
  readonly tool: NamedTool;
  readonly server: string;
}

/** The names that programs use, and which tool has them. */
class TakenNames {
  /** Names that tools have from the start: no suffix may make one of them. */
  readonly #given: ReadonlySet<string>;
  readonly #holders = new Map<string, Holder>();
  /** The last suffix that was given, by name. */
  readonly #suffixes = new Map<string, number>();
  /** Made once for each tool: tools may be thousands. */
  readonly #keys: ReadonlyMap<NamedTool, readonly string[]>;

  constructor(tools: readonly NamedTool[]) {
    this.#keys = new Map(tools.map((tool) => [tool, keysOf(tool)]));
    this.#given = new Set([...this.#keys.values()].flat());
  }

  /** Takes the tool's name, or the next free one; `taken`: which tool has its name. */
  take(tool: NamedTool, server: string): { name: string; taken: Holder | undefined } {
    const taken = this.#holderOf(tool);
    if (taken === undefined) {
      this.#hold(tool, { tool, server });
      return { name: tool.name, taken };
    }
    const [key = ""] = this.#keysOf(tool);
    for (let suffix = (this.#suffixes.get(key) ?? 1) + 1; ; suffix += 1) {
      const own = { ...tool, name: `${tool.name}_${suffix}` };
      const isGiven = keysOf(own).some((name) => this.#given.has(name));
      if (isGiven || this.#holderOf(own) !== undefined) continue;
      this.#suffixes.set(key, suffix);
      this.#hold(own, { tool, server });
      return { name: own.name, taken };
    }
  }

  #hold(tool: NamedTool, holder: Holder): void {
    for (const key of this.#keysOf(tool)) this.#holders.set(key, holder);
  }

  #holderOf(tool: NamedTool): Holder | undefined {
    const key = this.#keysOf(tool).find((name) => this.#holders.has(name));
    return key === undefined ? undefined : this.#holders.get(key);
  }

  #keysOf(tool: NamedTool): readonly string[] {
    return this.#keys.get(tool) ?? keysOf(tool);
  }
}

/** A tool's names under `tools` and in its module; both must be its own. */
function keysOf(tool: NamedTool): readonly string[] {
  const { name, ownName, namespace } = toToolNames(tool.name, tool.namespace);
  return [name, `${namespace}: ${ownName}`];
}

function programName(tool: NamedTool): string {
  return toToolNames(tool.name, tool.namespace).name;
}

function clashText(tool: NamedTool, server: string, taken: Holder, name: string): string {
  const other =
    taken.server === server ? "" : ` of MCP server ${quote(taken.server)}, which comes first,`;
  return taken.tool.name === tool.name && other === ""
    ? `it lists ${quote(tool.name)} twice; the later one is ${name} in programs`
    : `its tool ${quote(tool.name)} would have the name of ${quote(taken.tool.name)}${other} in programs, and is ${name} there`;
}

/** The namespace of each server's tools, so that no two begin alike. */
function uniqueSpaces(servers: readonly string[], onWarning: OnMcpWarning): readonly string[] {
  const given = new Set(servers.map(prefixOf));
  const holders = new Map<string, string>();
  return servers.map((server) => {
    const prefix = prefixOf(server);
    const holder = holders.get(prefix);
    if (holder === undefined) {
      holders.set(prefix, server);
      return server;
    }
    const stem = server.replace(/_+$/, "");
    let suffix = 2;
    const isTaken = (key: string): boolean => given.has(key) || holders.has(key);
    while (isTaken(prefixOf(`${stem}_${suffix}`))) suffix += 1;
    const own = `${stem}_${suffix}`;
    holders.set(prefixOf(own), server);
    const message = `MCP server "${server}" would have the prefix of "${holder}" in programs, ${prefix}; its tools begin with ${prefixOf(own)} there.`;
    onWarning({ code: "MCP_NAMES", server, message });
    return own;
  });
}

/** What the names of a server's tools begin with in programs. */
function prefixOf(server: string): string {
  return toToolNames("x", spaceOf(server)).name.slice(0, -1);
}

function inSpace(tool: NamedTool, server: string): NamedTool {
  const namespace = spaceOf(server);
  return tool.namespace === namespace ? tool : { ...tool, namespace };
}

/** The namespace of a server's tools. */
export function spaceOf(server: string): string {
  return `mcp/${server}`;
}
