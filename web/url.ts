// The library url: URL and URLSearchParams of the package whatwg-url. scripts/lib/web-libraries.mjs
// gives it files of ours in the place of what it needs of encodings and of tr46.
import {
  URLSearchParams as paramsInterface,
  URL as urlInterface,
} from "whatwg-url/webidl2js-wrapper.js";

/** What its interfaces are installed in. */
const globals: Record<string, unknown> = { Array, Object, Promise, String, TypeError };
urlInterface.install(globals, ["Window"]);
paramsInterface.install(globals, ["Window"]);

// Not declared under these names, which the classes themselves have.
const url: unknown = globals["URL"];
const params: unknown = globals["URLSearchParams"];

export { params as URLSearchParams, url as URL };
