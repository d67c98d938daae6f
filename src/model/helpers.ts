/** A global of cells as a model is told of it. */
export interface Helper {
  readonly name: string;
  readonly declaration: string;
  readonly does: string;
}

/** What every cell has besides ECMAScript, `tools` and `ALL_TOOLS`. */
export const helpers: readonly Helper[] = [
  {
    name: "text",
    declaration: "text(value: unknown): void",
    does: "hands out one text item: a string as it is, an Error with its stack, most else as JSON",
  },
  {
    name: "image",
    declaration:
      'image(value: string | { image_url: string; detail?: string } | ImageBlock, detail?: "auto" | "low" | "high" | "original"): void',
    does: "hands out an image: a `data:` URL, or an image block of an MCP result; `detail` is high by default",
  },
  {
    name: "audio",
    declaration: "audio(value: string | { audio_url: string } | AudioBlock): void",
    does: "the same for sound",
  },
  {
    name: "content",
    declaration: "content(value: ContentBlock | Iterable<ContentBlock>): void",
    does: "hands out MCP content blocks, such as `result.content` of a tool, each as text, image or sound",
  },
  {
    name: "generatedImage",
    declaration: "generatedImage(value: { image_url: string; output_hint?: string }): void",
    does: "hands out an image that a tool has made, and its hint as text",
  },
  {
    name: "store",
    declaration: "store(key: string, value: JsonValue): void",
    does: "keeps a JSON copy for later programs, which see it once this one has ended; a terminated one keeps nothing",
  },
  {
    name: "load",
    declaration: "load(key: string): any",
    does: "a fresh copy of what was stored, `undefined` if nothing was",
  },
  {
    name: "notify",
    declaration: "notify(value: unknown): void",
    does: "passes a non-empty text on at once, while the program goes on; it is not part of the result",
  },
  {
    name: "yield_control",
    declaration: "yield_control(): void",
    does: "answers you with what has been handed out so far; the program goes on",
  },
  {
    name: "exit",
    declaration: "exit(): never",
    does: "ends the program as completed, from anywhere; nothing catches it",
  },
  {
    name: "setTimeout",
    declaration:
      "setTimeout(callback: (...args: any[]) => void, ms?: number, ...args: any[]): number",
    does: "calls back later, as long as the program runs",
  },
  {
    name: "clearTimeout",
    declaration: "clearTimeout(id: number): void",
    does: "takes that back",
  },
  {
    name: "as_settled",
    declaration:
      'as_settled(promises: Iterable | object): AsyncIterable<{ index; status: "fulfilled"; value } | { index; status: "rejected"; reason }>',
    does: "results in the order in which they come; `index` is the place or the key in `promises`",
  },
  {
    name: "stream_settled",
    declaration: "stream_settled(promises, callback: (result) => void): Promise<void>",
    does: "the same, given to a callback",
  },
  {
    name: "search_tools",
    declaration:
      "search_tools(query: string, limit?: number): Promise<{ name; description; declaration }[]>",
    does: "the tools that fit a few words best, 5 by default, each with its declaration in TypeScript",
  },
  {
    name: "describe_tool",
    declaration: "describe_tool(name: string): Promise<{ name; description; declaration }>",
    does: "the same of one tool",
  },
];
