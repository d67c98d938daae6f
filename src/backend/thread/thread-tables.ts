import type * as Binding from "../../../binding.js";
import type { BackendModule, BackendSetup, BackendTool } from "../../protocol/cell-backend.js";

/**
 * The native forms of the plain lists that cells are started with. Each is made once for its list, and
 * lives as long as the list does.
 */
export class ThreadTables {
  readonly #binding: typeof Binding;
  readonly #setups = new WeakMap<BackendSetup, Binding.CellSetup>();
  readonly #tools = new WeakMap<readonly BackendTool[], Binding.ToolTable>();
  readonly #modules = new WeakMap<readonly BackendModule[], Binding.ModuleTable>();
  readonly #stored = new WeakMap<readonly string[], Binding.StoredValues>();

  constructor(binding: typeof Binding) {
    this.#binding = binding;
  }

  /** The native setup of cells with this one. */
  setupOf(setup: BackendSetup): Binding.CellSetup {
    return once(this.#setups, setup, () => {
      const { tools, modules } = setup;
      return new this.#binding.CellSetup({
        ...setup,
        tools: tools.length === 0 ? undefined : this.#toolsOf(tools),
        modules: modules.length === 0 ? undefined : this.#modulesOf(modules),
      });
    });
  }

  /** The native form of a snapshot of stored values. */
  storedOf(stored: readonly string[] | undefined): Binding.StoredValues | undefined {
    if (stored === undefined) return undefined;
    return once(this.#stored, stored, () => new this.#binding.StoredValues(stored));
  }

  #toolsOf(tools: readonly BackendTool[]): Binding.ToolTable {
    return once(this.#tools, tools, () => new this.#binding.ToolTable(tools));
  }

  #modulesOf(modules: readonly BackendModule[]): Binding.ModuleTable {
    return once(this.#modules, modules, () => new this.#binding.ModuleTable(modules));
  }
}

function once<Key extends object, Value>(
  known: WeakMap<Key, Value>,
  key: Key,
  make: () => Value,
): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
