import { parseArgs } from "node:util";
import { CodeModeError } from "../base/errors.js";
import { type BuildOptions, buildForThisNode } from "./build-addon.js";
import { BuildError } from "./build-error.js";

export const buildHelp = `Usage: codecell build [options]

Compiles codecell's native addon for this Node, where there is no prebuilt one. It needs a C++20 compiler, and
cmake or npm's node-gyp (with Python 3 and make). The sources are those of the package @codecell/source, which
is fetched if it is not installed. Nothing else of codecell compiles or downloads anything.

Options:
  --tool NAME     cmake or node-gyp; default: cmake if it is installed and so are Node's headers
  --nodedir DIR   the folder with include/node of this Node; default: found, or downloaded by node-gyp
  --jobs N        compilers at a time; default: as many as there are processors
  --out FILE      write the addon there, for CODECELL_ADDON; default: into the package codecell
  -h, --help      show help
`;

/** Runs `codecell build`, and returns its exit code. */
export function buildCommand(args: readonly string[]): number {
  let options: BuildOptions | undefined;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`codecell build: ${(error as Error).message}\n\n${buildHelp}`);
    return 2;
  }
  if (options === undefined) {
    process.stdout.write(buildHelp);
    return 0;
  }
  return runBuild(options);
}

/** Builds, and says what is done and what is wrong. Returns the exit code. */
export function runBuild(options: BuildOptions): number {
  try {
    const file = buildForThisNode(options, (text) => process.stderr.write(`${text}\n`));
    process.stdout.write(`${file}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof BuildError) && !(error instanceof CodeModeError)) throw error;
    process.stderr.write(`codecell build: ${error.message}\n`);
    return 1;
  }
}

/** Undefined where help is asked for. */
function readOptions(args: readonly string[]): BuildOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tool: { type: "string" },
      nodedir: { type: "string" },
      jobs: { type: "string" },
      out: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return undefined;
  const { tool, nodedir, out } = values;
  if (tool !== undefined && tool !== "cmake" && tool !== "node-gyp") {
    throw new Error(`--tool is cmake or node-gyp; got ${tool}`);
  }
  const jobs = values.jobs === undefined ? undefined : Number(values.jobs);
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs > 0)) {
    throw new Error(`--jobs is a whole number above 0; got ${values.jobs}`);
  }
  return { tool, nodedir, jobs, out };
}
