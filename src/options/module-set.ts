import { describeThrown } from "../base/describe-value.js";
import { CodeModeError } from "../base/errors.js";
import { invalidOption } from "../base/option-checks.js";
import type { BackendModule } from "../protocol/cell-backend.js";

/** By specifier: a module's source text, or its exports by name as JSON values. */
export type HostModules = Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;

const builtIn: readonly string[] = [
  "tools.js",
  "@openai/code_mode",
  "openai/code_mode",
  "codecell",
];

/** The host's own modules, checked and ready for a cell. Immutable. */
export class ModuleSet {
  static readonly empty: ModuleSet = new ModuleSet(new Map());

  /** The modules as cells get them. */
  readonly list: readonly BackendModule[];
  readonly #modules: ReadonlyMap<string, BackendModule>;

  private constructor(modules: ReadonlyMap<string, BackendModule>) {
    this.#modules = modules;
    this.list = [...modules.values()];
  }

  /**
   * These modules and the given ones; one of the same specifier takes the other's place.
   *
   * @throws {CodeModeError} ERR_INVALID_OPTION, naming the module and the export.
   */
  with(modules: HostModules | undefined): ModuleSet {
    if (modules === undefined) return this;
    if (typeof modules !== "object" || modules === null || Array.isArray(modules)) {
      throw invalidOption("modules", "a record of modules by specifier", modules);
    }
    const added = Object.entries(modules).map(
      ([specifier, module]) => [specifier, toHostModule(specifier, module)] as const,
    );
    return new ModuleSet(new Map([...this.#modules, ...added]));
  }

  /** The names under which cells import them. */
  get specifiers(): readonly string[] {
    return [...this.#modules.keys()];
  }
}

function toHostModule(specifier: string, module: unknown): BackendModule {
  const name = `modules[${JSON.stringify(specifier)}]`;
  if (builtIn.includes(specifier) || specifier.startsWith("tools/")) {
    throw new CodeModeError(
      "ERR_INVALID_OPTION",
      `The option "modules" cannot have a module ${JSON.stringify(specifier)}: cells have a built-in module with that name.`,
    );
  }
  if (typeof module === "string") return { specifier, source: module };
  if (typeof module !== "object" || module === null || Array.isArray(module)) {
    throw invalidOption(name, "source text or a record of exports", module);
  }
  const exports = Object.entries(module).flatMap(([exportName, value]) => [
    exportName,
    toJson(`${name}.${exportName}`, value),
  ]);
  return { specifier, exports };
}

function toJson(name: string, value: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (thrown) {
    throw invalidOption(name, `a value that JSON can carry (${describeThrown(thrown)})`, value);
  }
  if (json === undefined) throw invalidOption(name, "a value that JSON can carry", value);
  return json;
}
