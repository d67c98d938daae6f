import { createHash } from "node:crypto";

/**
 * The name of the record of what happens outside of a file's tests.
 * @param {string} testPath - The file's absolute path.
 */
export function recordNameOf(testPath) {
  return createHash("sha256").update(testPath).digest("hex").slice(0, 16);
}
