import { isDeepStrictEqual } from "node:util";
import { CodeModeError } from "../../base/errors.js";
import { sizeOfJson } from "../../base/json-values.js";
import { inSlices } from "../../base/slices.js";
import { noTimeoutMs } from "../as-it-came.js";
import { readToolsKey } from "./large-message.js";
import { type ListedTool, readListedTool } from "./listed-tool.js";
import { maxMessageValues } from "./message-limits.js";
import { FilteredNames, type ToolFilter } from "./tool-filter.js";
import type { ToolRequests } from "./tool-requests.js";
import { type OnMcpWarning, quote, someOf } from "./warnings.js";

export interface ListToolsOptions extends ToolFilter {
  readonly server: string;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning: OnMcpWarning;
}

/** Tools of one server; beyond that a list is a fault, and neither a model nor a search is of use. */
const maxTools = 10_000;
const maxPages = 1_000;
/** Bytes of the tools of one server, as `sizeOfJson` counts: they stay in memory as long as it runs. */
const maxListBytes = 32 * 1024 * 1024;
/** Tools of one name that another of that name is compared with. */
const maxCompared = 10;

/**
 * Lists the tools of a server, page by page, without those that are filtered out.
 *
 * @throws {CodeModeError} ERR_MCP_SERVER if the answer is no list of tools, or has no end.
 */
export async function listServerTools(
  requests: ToolRequests,
  options: ListToolsOptions,
): Promise<readonly ListedTool[]> {
  const { server, signal } = options;
  const list = new ToolList(options);
  const seenCursors = new Set<string>();
  const request = { timeout: noTimeoutMs, ...(signal && { signal }) };
  let cursor: string | undefined;
  do {
    const page = (await requests.list(cursor, request)) as {
      readonly tools?: unknown;
      readonly nextCursor?: unknown;
      readonly _meta?: Readonly<Record<string, unknown>>;
    } | null;
    if (!Array.isArray(page?.tools)) {
      throw listError(server, "answered tools/list with no list of tools");
    }
    await list.add(page.tools);
    if (page._meta?.[readToolsKey] === page.tools.length) list.noteCut(page.tools.length);
    // Null and the empty text are the end too, in the eyes of some servers.
    cursor =
      typeof page.nextCursor === "string" && page.nextCursor !== "" ? page.nextCursor : undefined;
    if (cursor === undefined || list.isFull) break;
    if (seenCursors.has(cursor)) {
      throw listError(
        server,
        `never ends its list of tools: it repeats the cursor ${quote(cursor)}`,
      );
    }
    seenCursors.add(cursor);
    if (seenCursors.size >= maxPages) {
      throw listError(server, `never ends its list of tools: ${maxPages} pages were read`);
    }
  } while (cursor !== undefined);
  list.tellOddities();
  return list.tools;
}

/** A list as it is read. */
class ToolList {
  readonly #options: ListToolsOptions;
  readonly #names: FilteredNames;
  readonly #byName = new Map<string, ListedTool[]>();
  readonly #oddities: string[] = [];
  #nameless = 0;

  constructor(options: ListToolsOptions) {
    this.#options = options;
    this.#names = new FilteredNames(options);
  }

  readonly tools: ListedTool[] = [];
  #bytes = 0;

  /** Whether no further tools are kept. */
  get isFull(): boolean {
    return this.#bytes > maxListBytes;
  }

  /** @throws {CodeModeError} ERR_MCP_SERVER if there are more tools than any list has. */
  async add(entries: readonly unknown[]): Promise<void> {
    await inSlices(entries, (entry) => {
      if (this.isFull) return;
      this.#bytes += sizeOfJson(entry, maxListBytes - this.#bytes);
      if (this.isFull) {
        this.#oddities.push(
          `its list takes more than ${maxListBytes / 1024 / 1024} MiB, so the tools after the first ${this.tools.length} are left out`,
        );
        return;
      }
      this.#addEntry(entry);
      if (this.tools.length > maxTools) {
        throw listError(
          this.#options.server,
          `lists more than ${maxTools} tools, which is the limit; name those you want in "enabledTools"`,
        );
      }
    });
  }

  /** @param read - Entries of a page that could be read. */
  noteCut(read: number): void {
    this.#oddities.push(
      `a page of its list is made of more than ${maxMessageValues} values, keys included, so the tools after the first ${read} of it are left out`,
    );
  }

  tellOddities(): void {
    if (this.#nameless > 0) {
      const isOne = this.#nameless === 1;
      this.#oddities.push(
        `${this.#nameless} ${isOne ? "entry of its list is no tool" : "entries of its list are no tools"} with a name, and left out`,
      );
    }
    if (this.#oddities.length > 0) this.#warn(someOf(this.#oddities));
    const unused = this.#names.unused.map(quote).join(", ");
    if (unused !== "") {
      this.#warn(`"enabledTools" and "disabledTools" name what fits none of its tools: ${unused}`);
    }
  }

  #addEntry(entry: unknown): void {
    const oddities: string[] = [];
    const tool = readListedTool(entry, (oddity) => oddities.push(oddity));
    if (tool === undefined) {
      this.#nameless += 1;
      return;
    }
    if (!this.#names.has(tool.name)) return;
    const name = quote(tool.name);
    this.#oddities.push(...oddities.map((oddity) => `of the tool ${name}, ${oddity}`));
    const others = this.#byName.get(tool.name);
    if (others === undefined) {
      this.#byName.set(tool.name, [tool]);
    } else if (others.slice(0, maxCompared).some((other) => isDeepStrictEqual(other, tool))) {
      this.#oddities.push(`the tool ${name} is listed more than once, and taken once`);
      return;
    } else {
      others.push(tool);
    }
    this.tools.push(tool);
  }

  #warn(what: string): void {
    const { server, onWarning } = this.#options;
    onWarning({ code: "MCP_TOOL_LIST", server, message: `MCP server "${server}": ${what}.` });
  }
}

function listError(server: string, what: string): CodeModeError {
  return new CodeModeError("ERR_MCP_SERVER", `MCP server "${server}" ${what}`);
}
