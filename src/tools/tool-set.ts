import { describeValue } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import type { BackendTool } from "../protocol/cell-backend.js";
import { RegisteredTool } from "./registered-tool.js";
import type { ToolSource } from "./tool-definition.js";
import { isProviderTool, warnOfToolsElsewhere } from "./tools-elsewhere.js";

/** Tools in the order they were registered, under unique names. Immutable. */
export class ToolSet {
  static readonly empty: ToolSet = new ToolSet([]);

  /** A tool call names its tool by the index in this list. */
  readonly tools: readonly RegisteredTool[];
  #list: readonly BackendTool[] | undefined;

  private constructor(tools: readonly RegisteredTool[]) {
    this.tools = tools;
  }

  /**
   * These tools and those of a source; one of the same name takes the other's place.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION if the source is not made of tools, ERR_INVALID_TOOL
   *   if a tool cannot be used, ERR_TOOL_NAME_CONFLICT if two tools of the source would get one
   *   name.
   */
  with(source: ToolSource | readonly ToolSource[] | undefined): ToolSet {
    if (source === undefined) return this;
    const added = new Map<string, RegisteredTool>();
    for (const tool of readSource(source)) {
      checkName(tool, added.get(tool.name));
      added.set(tool.name, tool);
    }
    return this.#and(added);
  }

  /** These tools and those of another set, as `with` does; the other itself if there are none of these. */
  withSet(other: ToolSet): ToolSet {
    if (this.tools.length === 0) return other;
    return this.#and(new Map(other.tools.map((tool) => [tool.name, tool])));
  }

  /** The same tools, each replaced by what is made of it under the same names. */
  map(make: (tool: RegisteredTool) => RegisteredTool): ToolSet {
    return new ToolSet(this.tools.map(make));
  }

  #and(added: ReadonlyMap<string, RegisteredTool>): ToolSet {
    const kept = this.tools.map((tool) => added.get(tool.name) ?? tool);
    const names = new Set(this.tools.map((tool) => tool.name));
    const tools = [...kept, ...[...added.values()].filter((tool) => !names.has(tool.name))];
    checkOwnNames(tools);
    return new ToolSet(tools);
  }

  /** These tools as cells see them, in the same order: one list, made when it is first asked for. */
  get list(): readonly BackendTool[] {
    this.#list ??= this.tools.map(({ name, ownName, namespace, description, resultType }) => ({
      name,
      ownName,
      namespace,
      description,
      isMcp: resultType === "mcp",
    }));
    return this.#list;
  }
}

function* readSource(source: unknown): Generator<RegisteredTool> {
  if (typeof source !== "object" || source === null) {
    const what = describeValue(source);
    throw new CodeModeError(
      "ERR_INVALID_OPTION",
      `The option "tools" must be a record of tools, a list of tools with names, or a list of such sources; got ${what}.`,
    );
  }
  if (!Array.isArray(source)) {
    const elsewhere: string[] = [];
    for (const [name, tool] of Object.entries(source)) {
      if (isProviderTool(tool)) elsewhere.push(name);
      else yield new RegisteredTool(name, tool);
    }
    warnOfToolsElsewhere('The option "tools"', elsewhere);
    return;
  }
  for (const entry of source) {
    if (isNamedTool(entry)) yield new RegisteredTool(entry.name, entry);
    else yield* readSource(entry);
  }
}

/** A record of tools has objects as its values, so a string or a function gives a tool away. */
function isNamedTool(entry: unknown): entry is { name: string; execute(): unknown } {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return false;
  const { name, execute }: { name?: unknown; execute?: unknown } = entry;
  if (typeof name !== "string" && typeof execute !== "function") return false;
  if (typeof name !== "string") {
    const what = describeValue(name);
    throw new CodeModeError(
      "ERR_INVALID_TOOL",
      `A tool in a list must have its "name" as a string; got ${what}.`,
    );
  }
  return true;
}

function checkName(tool: RegisteredTool, other: RegisteredTool | undefined): void {
  if (tool.name === "ALL_TOOLS") {
    throw new CodeModeError(
      "ERR_TOOL_NAME_CONFLICT",
      `The tool "${tool.givenName}" would hide ALL_TOOLS, the list of tools; rename it.`,
    );
  }
  if (other !== undefined) throw conflict(tool, other, `"${tool.name}"`);
}

/** Names that differ in full may still be one inside their namespace's module. */
function checkOwnNames(tools: readonly RegisteredTool[]): void {
  const seen = new Map<string, RegisteredTool>();
  for (const tool of tools) {
    if (tool.namespace === "") continue;
    const key = `tools/${tool.namespace}.js: ${tool.ownName}`;
    const other = seen.get(key);
    if (other !== undefined) {
      throw conflict(tool, other, `"${tool.ownName}" in tools/${tool.namespace}.js`);
    }
    seen.set(key, tool);
  }
}

function conflict(tool: RegisteredTool, other: RegisteredTool, name: string): CodeModeError {
  return new CodeModeError(
    "ERR_TOOL_NAME_CONFLICT",
    `The tools "${other.givenName}" and "${tool.givenName}" would both be called ${name}; rename one.`,
  );
}
