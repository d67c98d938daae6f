import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

// The folders of the person of this process. They may not be there. Undefined where the person has no home: the
// folder in which a program is started may be a stranger's.

/** `$XDG_CACHE_HOME/codecell`, `~/.cache/codecell` by default. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return userFolder(environment["XDG_CACHE_HOME"], ".cache");
}

/** `$XDG_CONFIG_HOME/codecell`, `~/.config/codecell` by default. */
export function configFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return userFolder(environment["XDG_CONFIG_HOME"], ".config");
}

/** `$XDG_STATE_HOME/codecell`, `~/.local/state/codecell` by default. */
export function stateFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  return userFolder(environment["XDG_STATE_HOME"], join(".local", "state"));
}

function userFolder(chosen: string | undefined, below: string): string | undefined {
  // https://specifications.freedesktop.org/basedir-spec: a relative path is to be ignored.
  const folder = chosen !== undefined && isAbsolute(chosen) ? chosen : join(home(), below);
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
