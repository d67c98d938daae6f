// The platforms that codecell has addons for, and what their packages say of themselves.

/**
 * @typedef {object} Platform
 * @property {string} name - Of its package, and of its folder in prebuilds/.
 * @property {readonly string[]} os - As npm compares it with `process.platform`.
 * @property {readonly string[]} cpu
 * @property {readonly string[]} [libc]
 */

/** @type {readonly Platform[]} */
export const platforms = Object.freeze([
  { name: "linux-x64-gnu", os: ["linux"], cpu: ["x64"], libc: ["glibc"] },
  { name: "linux-arm64-gnu", os: ["linux"], cpu: ["arm64"], libc: ["glibc"] },
  { name: "linux-x64-musl", os: ["linux"], cpu: ["x64"], libc: ["musl"] },
  { name: "linux-arm64-musl", os: ["linux"], cpu: ["arm64"], libc: ["musl"] },
  { name: "darwin-arm64", os: ["darwin"], cpu: ["arm64"] },
  { name: "darwin-x64", os: ["darwin"], cpu: ["x64"] },
  { name: "win32-x64", os: ["win32"], cpu: ["x64"] },
]);

/** The platform of this machine's Node: prebuilt addons are tried on no other. */
export function ownPlatform() {
  const { platform, arch } = process;
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  );
  const libc = header.glibcVersionRuntime === undefined ? "musl" : "gnu";
  return platform === "linux" ? `linux-${arch}-${libc}` : `${platform}-${arch}`;
}
