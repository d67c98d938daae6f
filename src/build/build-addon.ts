import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { builtAddon } from "../backend/addon/addon-file.js";
import { addonAdvice, describeHere } from "../backend/addon/here.js";
import { requireNode } from "../backend/addon/load-addon.js";
import { packageRoot } from "../base/package-root.js";
import { copySource, isCheckout } from "./addon-source.js";
import { BuildError } from "./build-error.js";
import { chooseTool, compile, type Tool } from "./compile.js";
import { findHeaders } from "./node-headers.js";
import { runProgram } from "./run-program.js";

export interface BuildOptions {
  /** Default: cmake where it can build, else node-gyp. */
  readonly tool?: Tool | undefined;
  readonly nodedir?: string | undefined;
  /** The addon's file. Default: where codecell looks for it, in its own package. */
  readonly out?: string | undefined;
  readonly jobs?: number | undefined;
}

/**
 * Compiles the addon for this Node on this machine, and tries it.
 *
 * @param onProgress - Told what is being done.
 * @returns Its file.
 * @throws {BuildError}
 */
export function buildForThisNode(
  options: BuildOptions,
  onProgress: (text: string) => void,
): string {
  requireNode();
  requireOwnV8();
  if (isCheckout() && options.out === undefined) {
    throw new BuildError("This is a checkout of codecell: run `npm run build:native` in it.");
  }
  const headers = findHeaders(options.nodedir);
  const tool = chooseTool(options.tool, headers);
  const scratch = mkdtempSync(join(tmpdir(), "codecell-build-"));
  try {
    const from = copySource(scratch, (spec) => onProgress(`fetching ${spec} …`));
    const of = headers === undefined ? "downloaded by node-gyp" : `of ${headers}`;
    onProgress(`compiling ${from} with ${tool} and headers ${of} …`);
    const compiled = compile(tool, { source: scratch, headers, jobs: options.jobs });
    onProgress("trying it …");
    tryAddon(compiled);
    return place(compiled, options.out === undefined ? builtAddon() : resolve(options.out));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Before anything is fetched: the C++ does not compile with an older V8. */
function requireOwnV8(): void {
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major >= 20) return;
  throw new BuildError(
    `codecell cannot be compiled for ${describeHere()}: it needs the V8 of Node 20 or later. ${addonAdvice()}`,
  );
}

/** Runs a cell, in a process of its own. */
function tryAddon(addon: string): void {
  const program = `const { createCodeMode } = require(${JSON.stringify(join(packageRoot, "dist", "cjs", "index.js"))});
    const codeMode = createCodeMode();
    codeMode.openSession().exec("text(1 + 1)").then(async ({ status, output }) => {
      await codeMode.close();
      console.log(status, output?.[0]?.text);
    });`;
  const env = { ...process.env, CODECELL_ADDON: addon };
  const printed = runProgram(process.execPath, ["-e", program], { cwd: packageRoot, env });
  if (printed.trim() === "completed 2") return;
  throw new BuildError(`The addon was built, but a cell gave ${printed.trim() || "nothing"}.`);
}

/** Another process may be loading the file that is there: it is replaced, not written to. */
function place(compiled: string, file: string): string {
  const copy = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    copyFileSync(compiled, copy);
    renameSync(copy, file);
  } catch (error) {
    rmSync(copy, { force: true });
    throw new BuildError(
      `${file} cannot be written: ${error instanceof Error ? error.message : error}. ` +
        "Write it elsewhere with --out FILE, and name that file in the environment variable CODECELL_ADDON.",
    );
  }
  return file;
}
