import { packageRequire } from "./package-root.js";
import { partFile } from "./part-file.js";

/** Packages that the build bundles into CommonJS files of dist/vendor. */
interface Vendored {
  readonly ajv: {
    readonly Ajv: typeof import("ajv").Ajv;
    readonly Ajv2020: typeof import("ajv").Ajv;
    readonly addFormats: (ajv: import("ajv").Ajv) => void;
  };
  readonly grpc: {
    readonly grpc: typeof import("@grpc/grpc-js");
    readonly protoLoader: typeof import("@grpc/proto-loader");
  };
  readonly minisearch: { readonly MiniSearch: typeof import("minisearch").default };
}

/** Loads a bundled package, synchronously; only the first time takes long. */
export function vendored<Name extends keyof Vendored>(name: Name): Vendored[Name] {
  // By path: "#vendor/…" would mean another package once this file is part of a user's bundle.
  return packageRequire(partFile(`dist/vendor/${name}.cjs`)) as Vendored[Name];
}
