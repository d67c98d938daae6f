import { packageRequire, packageRoot } from "./package-root.js";

/** The version in package.json. */
export function packageVersion(): string {
  const { version } = packageRequire(`${packageRoot}/package.json`) as { readonly version: string };
  return version;
}
