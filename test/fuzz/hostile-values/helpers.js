// What a cell can call; in Node there is none of it.

/** A limit that keeps one input short: of what one program does. */
export const mostActions = 60;

export const helpers = [
  "text",
  "image",
  "audio",
  "content",
  "generatedImage",
  "store",
  "load",
  "notify",
  "yield_control",
  "as_settled",
  "stream_settled",
  "clearTimeout",
  "search_tools",
  "describe_tool",
];

/** Taken before anything hostile could be done to it. */
export const helperFunctions = Object.fromEntries(helpers.map((name) => [name, globalThis[name]]));
