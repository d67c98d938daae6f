import { warn } from "../base/warn.js";

/** Warnings that are remembered, so that each is given once. */
const maxRemembered = 1_000;
const given = new Set<string>();

/** Whether a tool of an AI SDK tool set is run by its provider. Only version 7 says so. */
export function isProviderTool(tool: unknown): boolean {
  if (typeof tool !== "object" || tool === null) return false;
  const { type, isProviderExecuted, execute } = tool as Readonly<Record<string, unknown>>;
  // The first is of version 5.
  if (type !== "provider-defined" && type !== "provider") return false;
  return isProviderExecuted === undefined ? execute === undefined : isProviderExecuted === true;
}

/**
 * Warns once of tools that are left out because they do not run in this program.
 *
 * @param names - None: there is nothing to warn of.
 */
export function warnOfToolsElsewhere(source: string, names: readonly string[]): void {
  if (names.length === 0) return;
  const quoted = names.map((name) => JSON.stringify(name)).join(", ");
  const message = `${source} leaves out ${quoted}: such tools are no functions of this program. Give them to the model itself, beside exec.`;
  if (given.has(message) || given.size >= maxRemembered) return;
  given.add(message);
  warn("TOOLS_LEFT_OUT", message);
}
