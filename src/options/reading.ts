import { checkOneOf, invalidOption } from "../base/option-checks.js";
import type { CellConsole, Dialect } from "../protocol/cell-backend.js";

/** Options on how a cell's source is read. */
export interface ReadingOptions {
  /**
   * Gives cells a console: `"logs"` (or true) collects its lines in the outcome's `logs`, `"output"`
   * makes each line an output item, as `text` does. Default: false, and `"output"` for the programs
   * of `createModelTools`.
   */
  readonly console?: boolean | CellConsole | undefined;
  /**
   * How sources are read: `"strict"` as ES modules and nothing else; `"lenient"` also as models write
   * programs, where a module would fail or output nothing: docs/cells.md says how. Default:
   * `"strict"`, and `"lenient"` for the programs of `createModelTools`.
   */
  readonly dialect?: Dialect | undefined;
}

/** The same, checked and inherited. Undefined is what nobody has set: each use has its own default. */
export interface Reading {
  readonly console: "off" | CellConsole | undefined;
  readonly dialect: Dialect | undefined;
}

/** @throws {CodeModeError} ERR_INVALID_OPTION, naming the option. */
export function checkReading({ console, dialect }: ReadingOptions): void {
  if (console !== undefined && ![true, false, "logs", "output"].includes(console)) {
    throw invalidOption("console", 'true, false, "logs" or "output"', console);
  }
  checkOneOf("dialect", dialect, ["strict", "lenient"]);
}

export function withReading(outer: Reading, { console, dialect }: ReadingOptions): Reading {
  return {
    console: console === undefined ? outer.console : consoleOf(console),
    dialect: dialect ?? outer.dialect,
  };
}

/** How a model's programs are read, as options of exec. */
export function modelReading({
  console = "output",
  dialect = "lenient",
}: Reading): Required<ReadingOptions> {
  return { console: console === "off" ? false : console, dialect };
}

function consoleOf(given: boolean | CellConsole): "off" | CellConsole {
  if (typeof given === "string") return given;
  return given ? "logs" : "off";
}
