import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * `$XDG_CACHE_HOME/codecell`, `~/.cache/codecell` by default. It may not be there. Undefined where the person of this
 * process has no folder of their own: the one in which a program is started may be a stranger's.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { XDG_CACHE_HOME: cache } = environment;
  // https://specifications.freedesktop.org/basedir-spec: a relative path is to be ignored.
  const folder = cache !== undefined && isAbsolute(cache) ? cache : join(home(), ".cache");
  return isAbsolute(folder) ? join(folder, "codecell") : undefined;
}

function home(): string {
  try {
    return homedir();
  } catch {
    // A user that the system does not know, as containers have them.
    return "";
  }
}
