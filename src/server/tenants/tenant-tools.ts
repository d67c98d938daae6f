import type { NamedTool } from "../../tools/tool-definition.js";
import { ToolSet } from "../../tools/tool-set.js";

/** Tools that some tenants have. */
export interface ToolGroup {
  /** Undefined where all have them. */
  readonly tenants: readonly string[] | undefined;
  /** The tools that there are now. */
  readonly tools: () => readonly NamedTool[];
}

/** The tools of each tenant. */
export class TenantTools {
  readonly #groups: readonly ToolGroup[];
  /** By which groups it is made of: most tenants have the same. */
  readonly #sets = new Map<string, ToolSet>();
  readonly #onProblem: (error: unknown) => void;

  /** @param onProblem - Told of tools that cannot be used; the tenant then has those of the other groups. */
  constructor(groups: readonly ToolGroup[], onProblem: (error: unknown) => void) {
    this.#groups = groups;
    this.#onProblem = onProblem;
  }

  of(tenant: string): ToolSet {
    const own = this.#groups.map(({ tenants }) => tenants?.includes(tenant) ?? true);
    const key = own.join();
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const made = this.#make(this.#groups.filter((_group, index) => own[index]));
    this.#sets.set(key, made);
    return made;
  }

  /** Groups have other tools than before. */
  renew(): void {
    this.#sets.clear();
  }

  #make(groups: readonly ToolGroup[]): ToolSet {
    let set = ToolSet.empty;
    for (const group of groups) {
      try {
        set = set.withSet(ToolSet.empty.with(group.tools()));
      } catch (error) {
        this.#onProblem(error);
      }
    }
    return set;
  }
}
