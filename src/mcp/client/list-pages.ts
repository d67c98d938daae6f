import { sizeOfJson } from "../../base/json-values.js";
import type { McpResult } from "../as-it-came.js";
import type { McpRequestOptions } from "./request-options.js";

/** Something that is asked for lists. */
export interface ListedServer {
  readonly name: string;
  request(
    method: string,
    params?: Readonly<Record<string, unknown>>,
    options?: McpRequestOptions,
  ): Promise<McpResult>;
}

/** An entry of a list, with whatever the server says of it. */
export type ListEntry = Readonly<Record<string, unknown>>;

const maxPages = 100;
const maxEntries = 10_000;
/** Bytes of all entries, as `sizeOfJson` counts: clients get a whole list in one message. */
const maxListBytes = 8 * 1024 * 1024;

/**
 * All pages of one of a server's lists, up to 100 pages, 10 000 entries or 8 MiB; entries without their key
 * are left out. A server that does not know the list has none of its entries.
 */
export async function listPages(
  server: ListedServer,
  what: { readonly method: string; readonly list: string; readonly key: string },
  options: McpRequestOptions = {},
): Promise<readonly ListEntry[]> {
  const entries: ListEntry[] = [];
  let bytes = 0;
  let cursor: string | undefined;
  for (let page = 0; page < maxPages && entries.length < maxEntries; page += 1) {
    const result = await requestPage(server, what.method, cursor, options);
    const list: unknown = result[what.list];
    for (const entry of Array.isArray(list) ? (list as unknown[]) : []) {
      bytes += sizeOfJson(entry, maxListBytes - bytes);
      if (bytes > maxListBytes) return entries;
      if (hasKey(entry, what.key)) entries.push(entry);
    }
    const next = result["nextCursor"];
    if (typeof next !== "string" || next === cursor) break;
    cursor = next;
  }
  return entries.slice(0, maxEntries);
}

async function requestPage(
  server: ListedServer,
  method: string,
  cursor: string | undefined,
  options: McpRequestOptions,
): Promise<McpResult> {
  try {
    return await server.request(method, cursor === undefined ? {} : { cursor }, options);
  } catch (error) {
    if ((error as { code?: unknown }).code === methodNotFound) return {};
    throw error;
  }
}

const methodNotFound = -32_601;

function hasKey(entry: unknown, key: string): entry is ListEntry {
  if (typeof entry !== "object" || entry === null) return false;
  return typeof (entry as ListEntry)[key] === "string";
}
