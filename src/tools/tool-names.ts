/** How a cell names a tool. */
export interface ToolNames {
  /** The identifier under `tools`, unique among a cell's tools. */
  readonly name: string;
  /** The identifier in the namespace's module; equal to `name` where there is no namespace. */
  readonly ownName: string;
  /** The namespace's parts joined by `/`; empty where there is no namespace. */
  readonly namespace: string;
}

/** Rewrites a name to an identifier: a leading digit and every other odd character become `_`. */
export function toIdentifier(name: string): string {
  return name.replace(/^[0-9]|[^A-Za-z0-9_$]/gu, "_");
}

/**
 * Derives the names a cell uses for a tool.
 *
 * @param givenName - The name the tool was registered under. It may already begin with the
 *   namespace, as in `mcp__files__read`.
 * @param givenNamespace - Parts separated by `/` or `__`; undefined or empty for none.
 */
export function toToolNames(givenName: string, givenNamespace: string | undefined): ToolNames {
  const segments = splitNamespace(givenNamespace ?? "");
  if (segments.length === 0) {
    const name = toIdentifier(givenName);
    return { name, ownName: name, namespace: "" };
  }
  const prefix = `${segments.join("__")}__`;
  const prefixIdentifier = toIdentifier(prefix);
  const nameIdentifier = toIdentifier(givenName);
  const isPrefixed =
    nameIdentifier.startsWith(prefixIdentifier) && nameIdentifier.length > prefixIdentifier.length;
  return {
    name: isPrefixed ? nameIdentifier : toIdentifier(prefix + givenName),
    ownName: toIdentifier(isPrefixed ? nameIdentifier.slice(prefixIdentifier.length) : givenName),
    namespace: segments.join("/"),
  };
}

function splitNamespace(namespace: string): readonly string[] {
  return namespace
    .split(/\/|__/)
    .map((segment) => segment.replace(/^_+|_+$/g, ""))
    .filter((segment) => segment !== "");
}
