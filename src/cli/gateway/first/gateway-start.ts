import { cacheFolder } from "../../../base/user-folders.js";
import { FirstAnswers } from "./first-answers.js";
import { AnswerCache } from "./known-answers.js";

/** What `codecell mcp` has done before the command was loaded. */
export interface GatewayStart {
  /** Undefined where nothing can be kept. */
  readonly cache: AnswerCache | undefined;
  /** Undefined where no answer is known. */
  readonly first: FirstAnswers | undefined;
}

/**
 * Begins to answer the client on standard input, where its answers are known.
 *
 * @param build - Another for each build of the package.
 */
export function startGateway(build: string): GatewayStart {
  const cache = openCache(build);
  const known = cache?.read();
  const first = known && new FirstAnswers(known, process.stdin, process.stdout);
  return { cache, first };
}

function openCache(build: string): AnswerCache | undefined {
  const caches = cacheFolder();
  if (caches === undefined) return undefined;
  try {
    const directory = process.cwd();
    return new AnswerCache(caches, { args: process.argv.slice(2), directory, build });
  } catch {
    // The working directory is gone.
    return undefined;
  }
}
