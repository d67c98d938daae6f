import { platformName } from "../../backend/addon/platform-package.js";
import { packageVersion } from "../../base/package-version.js";

/** What a report about a broken install begins with. */
export interface Versions {
  readonly codecell: string;
  readonly node: string;
  /** What a native addon is built for: Node's NODE_MODULE_VERSION. */
  readonly abi: string;
  /** "linux-x64-gnu". */
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
