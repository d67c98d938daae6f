// dist/page: the page of codecell serve, which a browser runs. page/ has its source.
import path from "node:path";
import { build } from "esbuild";
import { root } from "./command.mjs";

/** @returns {Promise<{ files: string[], inputs: string[] }>} What was written, and what went into it. */
export async function buildPage() {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { page: "page/main.tsx", "page-style": "page/page.css" },
    outdir: "dist/page",
    bundle: true,
    format: "esm",
    platform: "browser",
    target: ["chrome111", "firefox115", "safari16.4"],
    jsx: "automatic",
    jsxImportSource: "preact",
    minify: true,
    legalComments: "none",
    charset: "utf8",
    tsconfigRaw: {},
    logLevel: "warning",
    metafile: true,
  });
  return {
    files: Object.keys(metafile.outputs).map((file) => path.join(root, file)),
    inputs: Object.keys(metafile.inputs),
  };
}
