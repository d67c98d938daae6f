import nodeModule from "node:module";
import { CodeModeError } from "../../base/errors.js";
import { packageRequire } from "../../base/package-root.js";

/** The package that erases types on every Node; who needs it installs it. */
const eraserPackage = "@swc/wasm-typescript";

/** The file of the package that erases types, which goes before Node's own eraser; undefined if it is not installed. */
export function eraserFile(): string | undefined {
  try {
    return packageRequire.resolve(eraserPackage);
  } catch {
    return undefined;
  }
}

/** Whether types can be erased: Node 22.13 and later can by themselves, others need the package. */
export function canEraseTypes(): boolean {
  return "stripTypeScriptTypes" in nodeModule || eraserFile() !== undefined;
}

/** @throws {CodeModeError} ERR_PACKAGE_MISSING if types cannot be erased. */
export function requireEraser(): void {
  if (canEraseTypes()) return;
  throw new CodeModeError(
    "ERR_PACKAGE_MISSING",
    `TypeScript in cells needs Node 22.13 or newer, or the package ${eraserPackage}, which is not installed. ` +
      `Run \`npm install ${eraserPackage}\`, or set typescript to false.`,
  );
}
