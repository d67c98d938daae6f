import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { processorCount } from "../base/processor-count.js";
import { BuildError } from "./build-error.js";
import { canStart, runProgram } from "./run-program.js";

/** What builds the addon. */
export type Tool = "cmake" | "node-gyp";

export interface Compilation {
  /** The sources, in a folder that may be written to. */
  readonly source: string;
  /** Where include/node is; undefined: node-gyp downloads the headers. */
  readonly headers: string | undefined;
  /** Compilers at a time. Default: one for each processor. */
  readonly jobs?: number | undefined;
}

/** cmake where that is possible, since it builds as our own builds do; else the node-gyp of npm. */
export function chooseTool(asked: Tool | undefined, headers: string | undefined): Tool {
  const tool = asked ?? (headers !== undefined && canStart("cmake") ? "cmake" : "node-gyp");
  if (tool === "cmake" && headers === undefined) {
    throw new BuildError(
      `The headers of Node ${process.versions.node} are not on this machine, and cmake does not fetch them. ` +
        "Use --tool node-gyp, or give their folder with --nodedir.",
    );
  }
  return tool;
}

/** @returns The addon's file. */
export function compile(tool: Tool, compilation: Compilation): string {
  const addon = tool === "cmake" ? withCmake(compilation) : withNodeGyp(compilation);
  if (!existsSync(addon)) throw new BuildError(`${tool} ended well and made no ${addon}.`);
  return addon;
}

function withCmake({ source, headers = "", jobs = processorCount }: Compilation): string {
  const folder = join(source, "build");
  const generator = canStart("ninja") ? ["-G", "Ninja"] : [];
  const settings = {
    CMAKE_BUILD_TYPE: "Release",
    // Without symbols for debuggers.
    CMAKE_MODULE_LINKER_FLAGS: process.platform === "linux" ? "-s" : "",
    CMAKE_LIBRARY_OUTPUT_DIRECTORY: folder,
    CMAKE_JS_INC: join(headers, "include", "node"),
    CODECELL_NODE_ADDON_API: join(source, "node-addon-api"),
    CODECELL_QUICK: "ON",
  };
  const defines = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
  const cwd = source;
  runProgram("cmake", ["-S", source, "-B", folder, ...generator, ...defines], { cwd });
  runProgram("cmake", ["--build", folder, "--parallel", String(jobs)], { cwd });
  return join(folder, "codecell.node");
}

function withNodeGyp({ source, headers, jobs = processorCount }: Compilation): string {
  const cwd = join(source, "native");
  const args = [nodeGyp(), "rebuild", "--jobs", String(jobs)];
  if (headers !== undefined) args.push("--nodedir", headers);
  args.push("--", `-Dnode_addon_api=${join(source, "node-addon-api")}`);
  const ldFlags = process.platform === "linux" ? { LDFLAGS: "-s" } : {};
  runProgram(process.execPath, args, { cwd, env: { ...process.env, ...ldFlags } });
  return join(cwd, "build", "Release", "codecell.node");
}

/** The file of the node-gyp that npm has in itself. */
function nodeGyp(): string {
  const { npm_execpath: running } = process.env;
  const beside = dirname(process.execPath);
  const npms = [
    ...(running === undefined ? [] : [join(dirname(running), "..")]),
    join(beside, "..", "lib", "node_modules", "npm"),
    join(beside, "node_modules", "npm"),
  ];
  const inside = join("node_modules", "node-gyp", "bin", "node-gyp.js");
  const found = npms.map((npm) => join(npm, inside)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  const global = globalPackages();
  if (global !== undefined && existsSync(join(global, "npm", inside))) {
    return join(global, "npm", inside);
  }
  throw new BuildError(
    `There is neither cmake with the headers of Node nor npm's node-gyp (${inside}) here. Install npm or cmake.`,
  );
}

function globalPackages(): string | undefined {
  try {
    return runProgram("npm", ["root", "--global"], { cwd: process.cwd() }).trim();
  } catch {
    return undefined;
  }
}
