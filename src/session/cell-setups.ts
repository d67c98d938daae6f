import type { ResolvedLimits } from "../options/limits.js";
import type { Settings } from "../options/settings.js";
import type { BackendSetup } from "../protocol/cell-backend.js";

/** What a session's cells are set up with. */
export class CellSetups {
  /** Those with the session's own tools and limits, by what else they depend on. */
  readonly #own = new Map<string, BackendSetup>();

  /**
   * Made once for each way to read sources, and again only for execs with other tools or limits.
   *
   * @param isOwn - Whether the tools and the limits are the session's own.
   */
  of(settings: Settings, limits: ResolvedLimits, isOwn: boolean): BackendSetup {
    const { tools, modules, webGlobals, remoteImages, deadlock } = settings;
    const { console = "off", dialect = "strict" } = settings;
    const key = `${console} ${dialect}`;
    const known = isOwn ? this.#own.get(key) : undefined;
    if (known !== undefined) return known;
    const setup: BackendSetup = {
      tools: tools.list,
      modules: modules.list,
      limits,
      console,
      dialect,
      webGlobals,
      remoteImages,
      failOnDeadlock: deadlock === "fail",
    };
    if (isOwn) this.#own.set(key, setup);
    return setup;
  }

  /** The session has other tools. */
  clear(): void {
    this.#own.clear();
  }
}
