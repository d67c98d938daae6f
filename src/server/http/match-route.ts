import type { Route } from "./route.js";

export type Match =
  | {
      readonly type: "found";
      readonly route: Route;
      readonly params: Readonly<Record<string, string>>;
    }
  /** The path is known, with these methods. */
  | { readonly type: "otherMethod"; readonly allow: readonly string[] }
  | { readonly type: "missing" };

/** Characters of a path. */
const maxPathLength = 2048;

/** Finds what a request is for. Parts of a path are taken as they are: nothing is joined or made shorter. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Match {
  if (path.length > maxPathLength) return { type: "missing" };
  const parts = path.split("/");
  const allow: string[] = [];
  for (const route of routes) {
    const params = paramsOf(route.path.split("/"), parts);
    if (params === undefined) continue;
    if (route.method === method) return { type: "found", route, params };
    allow.push(route.method);
  }
  return allow.length === 0 ? { type: "missing" } : { type: "otherMethod", allow };
}

function paramsOf(
  pattern: readonly string[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? "";
    const [, name] = /^\{(\w+)\}$/.exec(expected) ?? [];
    if (name === undefined) {
      if (part !== expected) return undefined;
      continue;
    }
    const value = decode(part);
    // No id has a character that means something in a path.
    if (value === undefined || !/^[A-Za-z0-9._:-]{1,256}$/.test(value)) return undefined;
    params[name] = value;
  }
  return params;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
