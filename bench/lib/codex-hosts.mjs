import { existsSync } from "node:fs";
import path from "node:path";
import { root } from "../../scripts/lib/command.mjs";

/** Where `npm run check:codex` installs Codex's own host. */
export const codexHostFile = path.join(
  root,
  "test/codex/node_modules/codex-0.171/vendor/x86_64-unknown-linux-musl/bin/codex-code-mode-host",
);

/**
 * The hosts that speak Codex's wire of frames on this machine: codecell's, and Codex's own if it is there.
 * @param {string} reference - The file of Codex's own.
 */
export function codexHosts(reference) {
  return [
    {
      name: "codecell host",
      command: process.execPath,
      args: [path.join(root, "dist/cli/main.js"), "host"],
    },
    { name: "Codex's own host", command: reference, args: ["--listen", "stdio://"] },
  ].filter(({ command }) => existsSync(command));
}
