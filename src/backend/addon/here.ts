import { builtin } from "../../base/builtin.js";
import { packageRoot } from "../../base/package-root.js";
import { glibcVersion, isMusl } from "./libc.js";
import { platformPackage } from "./platform-package.js";

const { existsSync } = builtin("node:fs");
const { dirname, join } = builtin("node:path");

/** As "engines" of package.json has it. */
export const supportedNodes = "20.11, 22.12, 24.0, 26.0 and later releases of these";

/** "Node v24.9.0 (ABI 137) on linux-x64 with glibc 2.36". */
export function describeHere(): string {
  const { version, versions, platform, arch } = process;
  const electron = versions["electron"];
  const runtime = electron === undefined ? `Node ${version}` : `Electron ${electron}`;
  const place = `${runtime} (ABI ${versions.modules}) on ${platform}-${arch}`;
  if (platform !== "linux") return place;
  return `${place} with ${isMusl() ? "musl" : `glibc ${glibcVersion() ?? "of an unknown version"}`}`;
}

/** "Bun 1.3.0": what runs this program if it is not Node, though it says that it is. */
export function otherRuntime(): string | undefined {
  const { bun, deno } = process.versions;
  if (bun !== undefined) return `Bun ${bun}`;
  return deno === undefined ? undefined : `Deno ${deno}`;
}

/**
 * The command that helps if the addon is missing or cannot be loaded; ends the messages about both.
 *
 * @param damaged - The addon's file, if it is not what was built.
 */
export function addonAdvice(damaged?: string): string {
  if (process.env["CODECELL_ADDON"]) {
    return "Unset CODECELL_ADDON, or let it name an addon that was built for this Node.";
  }
  if (existsSync(join(packageRoot, "src", "index.ts"))) {
    return "In this checkout, run `npm run build:native`.";
  }
  if (!isSupportedNode()) {
    const advice = "Use a supported Node, for example with `nvm install 24`.";
    return isNewerNode() ? `${advice} Or try \`npx codecell build\`: docs/install.md.` : advice;
  }
  const { spec, folder } = platformPackage();
  if (damaged !== undefined && dirname(damaged) === folder) {
    return `Remove ${folder}, then run \`npm install\`.`;
  }
  // Left out by --omit=optional, or by a lock file or a node_modules of another platform.
  if (spec !== undefined && folder === undefined) return `Run \`npm install ${spec}\`.`;
  return "Run `npx codecell build`, which compiles one on this machine: docs/install.md.";
}

/** Whether this major of Node is newer than all that there are addons for. */
function isNewerNode(): boolean {
  const majors = supportedNodes.matchAll(/(\d+)\.\d/g);
  return [...majors].every(
    ([, major]) => Number(major) < Number.parseInt(process.versions.node, 10),
  );
}

/** Whether there are addons for this major of Node. */
function isSupportedNode(): boolean {
  const [major = ""] = process.versions.node.split(".");
  return new RegExp(`\\b${major}\\.\\d`).test(supportedNodes);
}
