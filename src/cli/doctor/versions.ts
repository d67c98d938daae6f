import { isMusl } from "../../backend/addon/libc.js";
import { packageVersion } from "../../base/package-version.js";

/** What a report about a broken install begins with. */
export interface Versions {
  readonly codecell: string;
  readonly node: string;
  /** What a native addon is built for: Node's NODE_MODULE_VERSION. */
  readonly abi: string;
  /** "linux-x64-glibc". */
  readonly platform: string;
}

export function readVersions(): Versions {
  return {
    codecell: packageVersion(),
    node: process.versions.node,
    abi: process.versions.modules,
    platform: platformName(),
  };
}

export function versionLine({ codecell, node, abi, platform }: Versions): string {
  return `codecell ${codecell}, Node ${node}, ABI ${abi}, ${platform}`;
}

function platformName(): string {
  const system = `${process.platform}-${process.arch}`;
  if (process.platform !== "linux") return system;
  return `${system}-${isMusl() ? "musl" : "glibc"}`;
}
