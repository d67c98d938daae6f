// What a cell can call; in Node there is none of it.

/** A limit that keeps one input short: of what one program does. */
export const mostActions = 60;

/** Uses of the web's globals, which Node has too: only a cell's are tried. */
const ofTheWeb =
  typeof globalThis.text !== "function"
    ? {}
    : {
        abort: (reason) => AbortSignal.any([AbortSignal.abort(reason)]),
        atob,
        btoa,
        clearInterval,
        decode: (bytes, options) => new TextDecoder("utf-8", options).decode(bytes, options),
        dispatch: (type, init) => new EventTarget().dispatchEvent(new CustomEvent(type, init)),
        encode: (value) => new TextEncoder().encode(value),
        encodeInto: (value, into) => new TextEncoder().encodeInto(value, into),
        fillRandom: (array) => crypto.getRandomValues(array),
        listen: (type, callback) => new EventTarget().addEventListener(type, callback, type),
        parseParams: (pairs) => [...new URLSearchParams(pairs)],
        parseUrl: (url, base) => new URL(url, base).href,
        queueMicrotask,
        structuredClone,
      };

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
  ...Object.keys(ofTheWeb),
];

/** Taken before anything hostile could be done to it. */
export const helperFunctions = Object.fromEntries(
  helpers.map((name) => [name, ofTheWeb[name] ?? globalThis[name]]),
);
