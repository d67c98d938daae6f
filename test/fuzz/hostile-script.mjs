// The modules in hostile-values/ as one script whose value is { build, play }; both read bytes as a tiny
// program. It runs in a cell's realm for the targets in C++, which have no modules, and in Node for the
// others, where the helpers of a cell are absent.
import { readFileSync } from "node:fs";

/** Each uses only those before it. */
const files = ["words.js", "helpers.js", "values.js", "program.js"];

export function hostileScript() {
  const modules = files.map((file) =>
    readFileSync(new URL(`hostile-values/${file}`, import.meta.url), "utf8"),
  );
  const body = modules
    .join("\n")
    .replace(/^import [^;]*;$/gm, "")
    .replace(/^export /gm, "");
  return `(() => {\n${body}\nreturn { build, play };\n})();`;
}
