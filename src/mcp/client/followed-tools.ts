import { inSlices } from "../../base/slices.js";
import type { NamedTool } from "../../tools/tool-definition.js";

export interface FollowedToolsOptions {
  /** Asks the server. */
  readonly list: () => Promise<readonly NamedTool[]>;
  /** Whether the server is still there. */
  readonly isOpen: () => boolean;
  /** Called with tools that differ from those before. */
  readonly onChange: (tools: readonly NamedTool[]) => void;
}

/** The tools of a server that says when they have changed. */
export class FollowedTools {
  /** The connection sets the first ones when it opens; later ones are set here. */
  current: readonly NamedTool[] = [];
  readonly #options: FollowedToolsOptions;
  /** Whether the server has said so since it was asked for its tools last. */
  #hasChanged = false;
  #isFollowing = false;

  constructor(options: FollowedToolsOptions) {
    this.#options = options;
  }

  /**
   * The server says that its tools have changed. It is asked for them once at a time, however often it says
   * so: what it says meanwhile counts once.
   */
  async follow(): Promise<void> {
    this.#hasChanged = true;
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    while (this.#hasChanged && this.#options.isOpen()) {
      this.#hasChanged = false;
      await this.#listAgain();
    }
    this.#isFollowing = false;
  }

  async #listAgain(): Promise<void> {
    const { list, isOpen, onChange } = this.#options;
    try {
      const tools = await list();
      // Some servers say so after each start.
      if ((await isSame(tools, this.current)) || !isOpen()) return;
      this.current = tools;
      onChange(tools);
    } catch {
      // The tools stay what they were: a server that cannot list them will fail its calls, and say why.
    }
  }
}

/** Whether a cell and a model would see the same. */
export async function isSame(
  one: readonly NamedTool[],
  other: readonly NamedTool[],
): Promise<boolean> {
  let isSoFar = one.length === other.length;
  await inSlices(one.entries(), ([index, tool]) => {
    isSoFar &&= JSON.stringify(tool) === JSON.stringify(other[index]);
  });
  return isSoFar;
}
