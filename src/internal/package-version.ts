import { createRequire } from "node:module";

/** The version in package.json, which lies two folders above this file in `src` and in `dist`. */
export function packageVersion(): string {
  const require = createRequire(import.meta.url);
  const { version } = require("../../package.json") as { readonly version: string };
  return version;
}
