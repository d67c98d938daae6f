import nodeModule from "node:module";
import { builtin } from "../../base/builtin.js";
import { packageRoot } from "../../base/package-root.js";
import { isMusl } from "./libc.js";

/** What this version of codecell says of the packages that hold its addons. */
interface PackageFile {
  readonly version: string;
  /** Written when the package is packed; a checkout has none. */
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The package that holds the addons for this platform: one file for each supported ABI. */
export interface PlatformPackage {
  /** "@codecell/linux-x64-gnu" */
  readonly name: string;
  /** What to install, "@codecell/linux-x64-gnu@0.1.0"; undefined if codecell is not built for this platform. */
  readonly spec: string | undefined;
  /** Where its files are, or would be in a checkout. */
  readonly folder: string | undefined;
}

/** "linux-x64-gnu", "linux-arm64-musl", "darwin-arm64": as the packages are called. */
export function platformName(): string {
  const { platform, arch } = process;
  if (platform !== "linux") return `${platform}-${arch}`;
  return `linux-${arch}-${isMusl() ? "musl" : "gnu"}`;
}

export function platformPackage(): PlatformPackage {
  const { existsSync } = builtin("node:fs");
  const { dirname, join } = builtin("node:path");
  const platform = platformName();
  const name = `@codecell/${platform}`;
  const file = join(packageRoot, "package.json");
  // From the package's own folder: a bundle of the user's may be where this package is not found.
  const require = nodeModule.createRequire(file);
  const version = (require(file) as PackageFile).optionalDependencies?.[name];
  const spec = version === undefined ? undefined : `${name}@${version}`;
  try {
    return { name, spec, folder: dirname(require.resolve(`${name}/package.json`)) };
  } catch {
    // A checkout has built them itself.
    const built = join(packageRoot, "prebuilds", platform);
    return { name, spec, folder: existsSync(built) ? built : undefined };
  }
}
