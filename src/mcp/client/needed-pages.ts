import { beginningOf } from "../../base/shorten.js";

/** The protocol's code for "URL elicitation required". */
const codeOfNeededPages = -32_042;

/** Pages that one error tells, and characters of each of their texts. */
const maxPages = 5;
const maxShown = 2_000;
/** Characters of an address, which is no use when it is cut; those for logins are long. */
const maxAddress = 8_000;

/** A page that a server wants a person to open in a browser before it answers a request. */
export interface NeededPage {
  readonly url: string;
  /** What the server says about it; may be empty. */
  readonly message: string;
  readonly elicitationId: string | undefined;
}

/** A person has to open pages before a server answers a request; the message says which. */
export class PagesNeededError extends Error {
  override readonly name = "PagesNeededError";
  readonly code: number = codeOfNeededPages;
  /** As the server sent it. */
  readonly data: unknown;

  /** @param next - A sentence: what has been done, or is to be done. */
  constructor(server: string, needed: NeededPages, next: string) {
    super(
      `MCP server "${server}" wants a person to open ${needed.text} in a browser first. ${next}`,
    );
    this.data = needed.data;
  }
}

/** What a person is to open, as an error of a server says it. */
export interface NeededPages {
  readonly pages: readonly NeededPage[];
  /** The addresses, and what the server says about them. */
  readonly text: string;
  readonly data: unknown;
}

/** Reads the pages off a server's error; undefined of any other error. */
export function neededPages(error: unknown): NeededPages | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, data } = error as { readonly code?: unknown; readonly data?: unknown };
  if (code !== codeOfNeededPages) return undefined;
  const { elicitations } = (data ?? {}) as { readonly elicitations?: unknown };
  const listed: readonly unknown[] = Array.isArray(elicitations) ? elicitations : [];
  const pages = listed.slice(0, maxPages).flatMap((entry) => toPage(entry) ?? []);
  if (pages.length === 0) return undefined;
  return { pages, text: pages.map(describe).join(" and "), data };
}

/** The error that a cell gets if no client can open pages for the server. Errors of other kinds are returned as they are. */
export function explainNeededPages(server: string, error: unknown): unknown {
  if (error instanceof PagesNeededError) return error;
  const needed = neededPages(error);
  if (needed === undefined) return error;
  return new PagesNeededError(
    server,
    needed,
    "This host cannot ask the person: give them the address, and make the call again when they are done.",
  );
}

function toPage(entry: unknown): NeededPage | undefined {
  const { url, message, elicitationId } = (entry ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof url !== "string" || url.length > maxAddress) return undefined;
  return {
    url,
    message: typeof message === "string" ? beginningOf(message, maxShown) : "",
    elicitationId: typeof elicitationId === "string" ? elicitationId : undefined,
  };
}

function describe({ url, message }: NeededPage): string {
  return message === "" ? url : `${url} (${message.replace(/\s+/g, " ")})`;
}
