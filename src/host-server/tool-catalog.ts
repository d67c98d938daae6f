import { isDeepStrictEqual } from "node:util";
import { HostError } from "./host-error.js";
import type { ExecuteRequest, WireTool } from "./wire.js";

/**
 * The list of tools that a client has given with a revision: later requests may have an empty list and the
 * same revision. The last one is kept.
 */
export class ToolCatalog {
  #revision: number | undefined;
  #tools: readonly WireTool[] = [];
  /** The list of the last request without a revision. */
  #unnamed: readonly WireTool[] = [];

  /**
   * The tools of a request. The same list where they have not changed.
   *
   * @throws {HostError} if the revision is unknown, or stands for another list.
   */
  toolsOf({
    tools,
    catalogRevision,
  }: Pick<ExecuteRequest, "tools" | "catalogRevision">): readonly WireTool[] {
    if (catalogRevision === undefined) {
      if (!isDeepStrictEqual(tools, this.#unnamed)) this.#unnamed = tools;
      return this.#unnamed;
    }
    if (!Number.isSafeInteger(catalogRevision) || catalogRevision < 1)
      throw new HostError("refused", "invalid code-mode catalog revision");
    const isKnown = catalogRevision === this.#revision;
    if (tools.length === 0 && !isKnown)
      throw new HostError("refused", "unknown code-mode catalog revision");
    if (tools.length > 0 && isKnown && !isDeepStrictEqual(tools, this.#tools))
      throw new HostError("refused", "conflicting code-mode catalog revision");
    if (isKnown) return this.#tools;
    this.#revision = catalogRevision;
    this.#tools = tools;
    return tools;
  }
}
