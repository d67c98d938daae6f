import { shorten } from "../base/shorten.js";
import { declareRegisteredTools } from "../declarations/declare-tools.js";
import { declareHelpers } from "../declarations/helpers.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import { ToolIndex } from "./tool-search.js";

/** A tool as `search_tools` and `describe_tool` show it to a cell. */
export interface FoundTool {
  /** The identifier under `tools`. */
  readonly name: string;
  readonly description: string;
  /** In TypeScript, complete in itself; without the description, which stands beside it. */
  readonly declaration: string;
}

/** Kept as long as the list: cells of a session search the same tools again and again. */
const lookups = new WeakMap<readonly RegisteredTool[], ToolLookup>();
const declared = new WeakMap<RegisteredTool, string>();

const helperGuideName = "helpers";

const maxNames = 3;
const maxShownUnits = 100;

/** Finds tools for cells. */
export class ToolLookup {
  readonly #tools: readonly RegisteredTool[];
  readonly #index: ToolIndex;
  readonly #byName: ReadonlyMap<string, RegisteredTool>;
  readonly #byOtherName: ReadonlyMap<string, ReadonlySet<RegisteredTool>>;

  /** @param tools - A list that never changes. */
  static of(tools: readonly RegisteredTool[]): ToolLookup {
    const lookup = lookups.get(tools) ?? new ToolLookup(tools);
    lookups.set(tools, lookup);
    return lookup;
  }

  private constructor(tools: readonly RegisteredTool[]) {
    this.#tools = tools;
    this.#index = new ToolIndex(tools);
    this.#byName = new Map(tools.map((tool) => [tool.name, tool]));
    this.#byOtherName = byOtherName(tools);
  }

  /** Resolves when everything can be found; the first time that takes a while, and many turns. */
  ready(): Promise<void> {
    return this.#index.makeInSlices();
  }

  /** The tools that fit best, the best first; of those that have been made `ready`. */
  search(query: string, limit: number): readonly FoundTool[] {
    return this.#index.search(query, limit).map(toFoundTool);
  }

  /**
   * The tool of that name: the identifier under `tools`; else, where only one tool has it, the name it
   * was registered under, its name in its namespace's module, or that behind the namespace and a `/`.
   * Where no tool is called `helpers`, that is the guide to the globals.
   */
  lookUp(name: string): FoundTool | undefined {
    const [tool, ...others] = this.#called(name);
    if (tool === undefined) return name === helperGuideName ? helperGuide() : undefined;
    return others.length > 0 ? undefined : toFoundTool(tool);
  }

  /** Why `lookUp` finds nothing under that name, and what to look for instead. */
  explainMiss(name: string): string {
    const shown = JSON.stringify(shorten(name, maxShownUnits));
    const called = this.#called(name);
    if (called.length > 1) {
      const more = called.length > maxNames ? ` and ${called.length - maxNames} more` : "";
      return `${shown} is the name of several tools: ${listNames(called.slice(0, maxNames))}${more}.`;
    }
    if (this.#tools.length === 0) return `There is no tool ${shown}; this cell has no tools.`;
    const nearest = name.trim() === "" ? [] : this.#index.search(name, maxNames);
    if (nearest.length === 0)
      return `There is no tool ${shown}; search_tools finds tools by words.`;
    const verb = nearest.length === 1 ? "is" : "are";
    return `There is no tool ${shown}; the nearest ${verb} ${listNames(nearest)}. search_tools finds more.`;
  }

  #called(name: string): readonly RegisteredTool[] {
    const tool = this.#byName.get(name);
    return tool === undefined ? [...(this.#byOtherName.get(name) ?? [])] : [tool];
  }
}

function byOtherName(
  tools: readonly RegisteredTool[],
): ReadonlyMap<string, ReadonlySet<RegisteredTool>> {
  const named = new Map<string, Set<RegisteredTool>>();
  for (const tool of tools) {
    const { givenName, ownName, namespace } = tool;
    const path = namespace === "" ? ownName : `${namespace}/${ownName}`;
    for (const name of [givenName, ownName, path]) {
      const same = named.get(name);
      if (same === undefined) named.set(name, new Set([tool]));
      else same.add(tool);
    }
  }
  return named;
}

function toFoundTool(tool: RegisteredTool): FoundTool {
  const { name, description } = tool;
  const declaration =
    declared.get(tool) ?? declareRegisteredTools([tool], { toolDescriptions: false });
  declared.set(tool, declaration);
  return { name, description, declaration };
}

/** A short description of exec names only the most important globals. */
function helperGuide(): FoundTool {
  return {
    name: helperGuideName,
    description:
      "No tool: the globals that every program has, besides those of ECMAScript, `tools` and `ALL_TOOLS`.",
    declaration: declareHelpers(),
  };
}

function listNames(tools: readonly RegisteredTool[]): string {
  return tools.map(({ name }) => name).join(", ");
}
