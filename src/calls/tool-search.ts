import type { default as MiniSearchIndex, Options } from "minisearch";
import { invalidOption } from "../base/option-checks.js";
import { inSlices } from "../base/slices.js";
import { vendored } from "../base/vendored.js";
import { isRecord } from "../declarations/schema-node.js";
import { readJsonSchema } from "../declarations/schema-source.js";
import type { RegisteredTool } from "../tools/registered-tool.js";
import type { ToolSource } from "../tools/tool-definition.js";
import { ToolSet } from "../tools/tool-set.js";

/** A tool that a query found. */
export interface ToolMatch {
  /** The identifier under `tools`. */
  readonly name: string;
  /** The namespace's parts joined by `/`; empty if there is none. */
  readonly namespace: string;
  readonly description: string;
}

const defaultLimit = 10;

/** UTF-16 units of a query that are looked at, and of one of its words. */
const maxQueryLength = 1_000;
const maxWordLength = 40;

/** UTF-16 units of a description that can be found. */
const maxDescriptionLength = 16 * 1024;

/** Words of a query that count: each takes as long as all tools that it fits. */
const maxWords = 16;

/**
 * Finds the tools that fit a few words best. Words of a tool's name count most, then those of its
 * namespace, then those of its description and its parameters' names; beginnings of words and small
 * misspellings count too, and not all words of the query need to be found. Of a query of many words the
 * first 16 count.
 *
 * @param query - Words in any order; a tool's name as it is written finds that tool first. An empty
 *   query gives the first tools.
 * @param tools - What `createCodeMode` takes as `tools`.
 * @param limit - Matches at most. Default: 10.
 * @returns The best first; those that fit as well as each other in the order of `tools`.
 * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_INVALID_TOOL and ERR_TOOL_NAME_CONFLICT, as
 *   `createCodeMode` does.
 */
export function searchTools(
  query: string,
  tools: ToolSource | readonly ToolSource[],
  limit: number = defaultLimit,
): readonly ToolMatch[] {
  if (typeof query !== "string") throw invalidOption("query", "a string", query);
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw invalidOption("limit", "a whole number of tools, 1 or more", limit);
  }
  const index = new ToolIndex(ToolSet.empty.with(tools).tools);
  return index
    .search(query, limit)
    .map(({ name, namespace, description }) => ({ name, namespace, description }));
}

/** Tools made ready to be searched more than once. */
export class ToolIndex {
  readonly #tools: readonly RegisteredTool[];
  #index: MiniSearchIndex<Entry> | undefined;
  #made: Promise<void> | undefined;

  constructor(tools: readonly RegisteredTool[]) {
    this.#tools = tools;
  }

  /** Reads the tools in slices, once, so that the first search need not read all of them at once. */
  makeInSlices(): Promise<void> {
    this.#made ??= this.#makeInSlices();
    return this.#made;
  }

  /** The tools that fit best, the best first; see `searchTools`. */
  search(query: string, limit: number): readonly RegisteredTool[] {
    const wanted = query.slice(0, maxQueryLength).trim();
    if (wanted === "") return this.#tools.slice(0, limit);
    const named = this.#tools.filter(({ name, givenName }) => [name, givenName].includes(wanted));
    const found = this.#read()
      .search(wanted)
      .sort((one, other) => other.score - one.score || one["id"] - other["id"])
      .flatMap(({ id }) => this.#tools[id as number] ?? []);
    return [...new Set([...named, ...found])].slice(0, limit);
  }

  #read(): MiniSearchIndex<Entry> {
    if (this.#index !== undefined) return this.#index;
    const index = newIndex();
    for (const [id, tool] of this.#tools.entries()) index.add(toEntry(tool, id));
    this.#index = index;
    return index;
  }

  async #makeInSlices(): Promise<void> {
    const index = newIndex();
    await inSlices(this.#tools.entries(), ([id, tool]) => index.add(toEntry(tool, id)));
    this.#index = index;
  }
}

/** What is searched of a tool. */
interface Entry {
  /** Its place in the list. */
  readonly id: number;
  readonly name: string;
  readonly namespace: string;
  readonly description: string;
  readonly parameters: string;
}

const options: Options<Entry> = {
  fields: ["name", "namespace", "description", "parameters"],
  tokenize: toWords,
  searchOptions: {
    tokenize: toQueryWords,
    boost: { name: 4, namespace: 2 },
    prefix: (word) => word.length >= 3,
    fuzzy: (word) => (word.length >= 5 ? 0.2 : false),
  },
};

function newIndex(): MiniSearchIndex<Entry> {
  const { MiniSearch } = vendored("minisearch");
  return new MiniSearch(options);
}

function toEntry(tool: RegisteredTool, id: number): Entry {
  const { ownName, namespace, description, inputSchema } = tool;
  return {
    id,
    name: ownName,
    namespace,
    description: description.slice(0, maxDescriptionLength),
    parameters: namesIn(inputSchema).slice(0, maxDescriptionLength),
  };
}

/** `readTextFile`, `read_text_file` and `read text file` are the same words. */
function toWords(text: string): string[] {
  return text
    .replace(/(\p{Ll}|\d)(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu, "$1$2 ")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

function toQueryWords(query: string): string[] {
  return [
    ...new Set(toWords(query).map((word) => word.slice(0, maxWordLength).toLowerCase())),
  ].slice(0, maxWords);
}

function namesIn(inputSchema: unknown): string {
  const schema = readJsonSchema(inputSchema, "input");
  const properties = isRecord(schema) ? schema["properties"] : undefined;
  return isRecord(properties) ? Object.keys(properties).join(" ") : "";
}
