import { fileURLToPath } from "node:url";

/** The file that this code is in: of this package, or a bundle of the user's, ES module or not. */
export const ownFile: string =
  typeof __filename === "undefined" ? fileURLToPath(import.meta.url) : __filename;
