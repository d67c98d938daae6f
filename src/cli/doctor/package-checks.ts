import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRequire } from "../../base/package-root.js";
import { type Check, ok, problem, warning } from "./check.js";
import { isInRange } from "./version-range.js";
import type { Versions } from "./versions.js";

/** What doctor reads of a package.json. */
interface PackageFile {
  readonly engines: { readonly node: string };
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** What needs each optional peer. */
const peerUsers: Readonly<Record<string, string>> = {
  "@modelcontextprotocol/server": "createMcpServer of codecell/mcp",
  "@codecell/mcp": "connectMcpServers of codecell/mcp",
  "@swc/wasm-typescript": "TypeScript in cells on Nodes before 22.13",
};

/** Whether Node, the platform and the optional peers are what package.json asks for. */
export function checkPackage(versions: Versions): readonly Check[] {
  const { engines, peerDependencies } = packageRequire("codecell/package.json") as PackageFile;
  return [
    checkNode(versions.node, engines.node),
    checkPlatform(versions.platform),
    ...Object.entries(peerDependencies).map(([name, range]) => checkPeer(name, range)),
  ];
}

function checkNode(version: string, range: string): Check {
  if (isInRange(version, range)) return ok("Node", `${version} is supported`);
  return problem(
    "Node",
    `${version} is not supported: the package asks for ${range}`,
    "Install one of these versions of Node, best the newest with long-term support.",
  );
}

function checkPlatform(platform: string): Check {
  if (process.platform === "linux") return ok("platform", platform);
  return warning(
    "platform",
    `${platform}: codecell was never run there, only prepared for it`,
    "If cells do not run, use a machine, a virtual machine or a container with Linux.",
  );
}

function checkPeer(name: string, range: string): Check {
  const version = installedVersion(name);
  const user = peerUsers[name] ?? `codecell/${name}`;
  if (version === undefined) return ok(name, `not installed; only ${user} needs it`);
  if (isInRange(version, range)) return ok(name, `${version} fits`);
  return warning(
    name,
    `${version} does not fit: ${user} is made for ${range}`,
    `If you use ${user}, run \`npm install ${name}@${range}\`.`,
  );
}

/** Of the package that this one would import; its exports need not tell of its package.json. */
function installedVersion(name: string): string | undefined {
  const folders = packageRequire.resolve.paths(name) ?? [];
  const file = folders
    .map((folder) => join(folder, name, "package.json"))
    .find((path) => existsSync(path));
  if (file === undefined) return undefined;
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { readonly version: string };
  return version;
}
