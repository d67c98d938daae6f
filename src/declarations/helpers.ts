import { toBlockComment } from "./comment-text.js";

/** A global of cells as a model is told of it. */
export interface Helper {
  readonly name: string;
  /** In short, as a description shows it. */
  readonly declaration: string;
  readonly does: string;
  /** Its parameters and what it returns, in TypeScript. */
  readonly signature: string;
}

/** What every cell has besides ECMAScript, `tools` and `ALL_TOOLS`. */
export const helpers: readonly Helper[] = [
  {
    name: "text",
    declaration: "text(value)",
    does: "outputs a text: a string as it is, an Error with its stack, most else as JSON",
    signature: "(value: unknown): void",
  },
  {
    name: "image",
    declaration: 'image(value, detail?: "auto" | "low" | "high" | "original")',
    does: "outputs an image: a `data:` URL, `{ image_url }` or an MCP image block",
    signature:
      '(value: string | { image_url: string } | { type: "image"; data: string; mimeType: string }, detail?: "auto" | "low" | "high" | "original"): void',
  },
  {
    name: "audio",
    declaration: "audio(value)",
    does: "the same for sound, with `{ audio_url }`",
    signature:
      '(value: string | { audio_url: string } | { type: "audio"; data: string; mimeType: string }): void',
  },
  {
    name: "content",
    declaration: "content(blocks)",
    does: "outputs MCP content blocks, such as `result.content`",
    signature: "(blocks: object | Iterable<object>): void",
  },
  {
    name: "generatedImage",
    declaration: "generatedImage({ image_url, output_hint? })",
    does: "outputs an image that a tool has made",
    signature: "(image: { image_url: string; output_hint?: string }): void",
  },
  {
    name: "store",
    declaration: "store(key, value)",
    does: "keeps a JSON copy for programs that start after this one has ended",
    signature: "(key: string, value: unknown): void",
  },
  {
    name: "load",
    declaration: "load(key)",
    does: "a copy of what was stored, or `undefined`",
    signature: "<T = unknown>(key: string): T | undefined",
  },
  {
    name: "notify",
    declaration: "notify(value)",
    does: "passes a text on at once; it is not output",
    signature: "(value: unknown): void",
  },
  {
    name: "yield_control",
    declaration: "yield_control()",
    does: "answers you with the output so far; the program goes on",
    signature: "(): void",
  },
  {
    name: "exit",
    declaration: "exit()",
    does: "ends the program as completed; nothing catches it",
    signature: "(): never",
  },
  {
    name: "setTimeout",
    declaration: "setTimeout(callback, ms?, ...args): number",
    does: "calls back later, while the program runs",
    signature:
      "<T extends unknown[]>(callback: (...args: T) => void, ms?: number, ...args: T): number",
  },
  {
    name: "clearTimeout",
    declaration: "clearTimeout(id)",
    does: "takes that back",
    signature: "(id: number | undefined): void",
  },
  {
    name: "as_settled",
    declaration: "as_settled(promises): AsyncIterable<{ index; status; value | reason }>",
    does: "results in the order in which they come",
    signature:
      '(promises: Iterable<unknown> | object): AsyncIterable<{ index: any; status: "fulfilled"; value: any } | { index: any; status: "rejected"; reason: any }>',
  },
  {
    name: "stream_settled",
    declaration: "stream_settled(promises, callback): Promise<void>",
    does: "the same, given to a callback",
    signature:
      '(promises: Iterable<unknown> | object, callback: (result: { index: any; status: "fulfilled" | "rejected"; value?: any; reason?: any }) => unknown): Promise<void>',
  },
  {
    name: "search_tools",
    declaration: "search_tools(query, limit = 5): Promise<{ name; description; declaration }[]>",
    does: "the tools that fit a few words best, declared in TypeScript",
    signature:
      "(query: string, limit?: number): Promise<{ name: string; description: string; declaration: string }[]>",
  },
  {
    name: "describe_tool",
    declaration: "describe_tool(name): Promise<{ name; description; declaration }>",
    does: "the same of one tool",
    signature:
      "(name: string): Promise<{ name: string; description: string; declaration: string }>",
  },
];

/** The helpers in TypeScript, each with what it does as its comment. */
export function declareHelpers(): string {
  return helpers
    .map(({ name, does, signature }) => {
      const comment = `${does.charAt(0).toUpperCase()}${does.slice(1)}.`;
      return `${toBlockComment(comment, "")}declare function ${name}${signature};\n`;
    })
    .join("");
}
