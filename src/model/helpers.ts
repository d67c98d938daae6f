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
    declaration: "text(value)",
    does: "outputs a text: a string as it is, an Error with its stack, most else as JSON",
  },
  {
    name: "image",
    declaration: 'image(value, detail?: "auto" | "low" | "high" | "original")',
    does: "outputs an image: a `data:` URL, `{ image_url }` or an MCP image block",
  },
  {
    name: "audio",
    declaration: "audio(value)",
    does: "the same for sound, with `{ audio_url }`",
  },
  {
    name: "content",
    declaration: "content(blocks)",
    does: "outputs MCP content blocks, such as `result.content`",
  },
  {
    name: "generatedImage",
    declaration: "generatedImage({ image_url, output_hint? })",
    does: "outputs an image that a tool has made",
  },
  {
    name: "store",
    declaration: "store(key, value)",
    does: "keeps a JSON copy for programs that start after this one has ended",
  },
  {
    name: "load",
    declaration: "load(key)",
    does: "a copy of what was stored, or `undefined`",
  },
  {
    name: "notify",
    declaration: "notify(value)",
    does: "passes a text on at once; it is not output",
  },
  {
    name: "yield_control",
    declaration: "yield_control()",
    does: "answers you with the output so far; the program goes on",
  },
  {
    name: "exit",
    declaration: "exit()",
    does: "ends the program as completed; nothing catches it",
  },
  {
    name: "setTimeout",
    declaration: "setTimeout(callback, ms?, ...args): number",
    does: "calls back later, while the program runs",
  },
  {
    name: "clearTimeout",
    declaration: "clearTimeout(id)",
    does: "takes that back",
  },
  {
    name: "as_settled",
    declaration: "as_settled(promises): AsyncIterable<{ index; status; value | reason }>",
    does: "results in the order in which they come",
  },
  {
    name: "stream_settled",
    declaration: "stream_settled(promises, callback): Promise<void>",
    does: "the same, given to a callback",
  },
  {
    name: "search_tools",
    declaration: "search_tools(query, limit = 5): Promise<{ name; description; declaration }[]>",
    does: "the tools that fit a few words best, declared in TypeScript",
  },
  {
    name: "describe_tool",
    declaration: "describe_tool(name): Promise<{ name; description; declaration }>",
    does: "the same of one tool",
  },
];
