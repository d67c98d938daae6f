import { withWrittenLine } from "../../model/explain.js";
import type { CellError, EndedOutcome } from "../../protocol/outcome.js";
import { cellModuleName } from "./cell-module.js";
import { type Insertion, Insertions, lineOf } from "./insertions.js";
import type { Surroundings } from "./kept-names.js";
import type { ReadyEntry } from "./read-entry.js";
import type { ValueNode } from "./shown-value.js";

/** A cell that hands out the value of its last expression statement, which cells else drop. */
export interface ShownResult {
  readonly source: string;
  /** Gives an outcome the positions and lines of what a person wrote. */
  asWritten(outcome: EndedOutcome): EndedOutcome;
  /** The same for the frames of an error that the cell hands out as a text. */
  textAsWritten(text: string): string;
  /** The same for an error that is shown as a value. */
  valueAsWritten(value: ValueNode): ValueNode;
}

/** How an entry is run. */
export interface EntryFrame {
  readonly entry: ReadyEntry;
  readonly surroundings: Surroundings;
  /** `text`: the result is shown as `text` shows it; `value`: it is handed to the prompt. */
  readonly showAs: "text" | "value";
}

/**
 * Makes a cell of an entry. The cell shows its result, unless that is undefined; a promise is awaited.
 * The declarations of earlier entries stand before the entry. The code that the cell needs for this stands
 * after its last line, under names that the entry does not use.
 */
export function showResult({ entry, surroundings, showAs }: EntryFrame): ShownResult {
  const { written, source } = entry;
  const insertions = new Insertions(source, framing({ entry, surroundings, showAs }));
  return {
    source: insertions.result,
    asWritten: (outcome) => {
      const warnings = outcome.warnings.map((warning) => {
        return { ...warning, text: insertions.textBefore(warning.text) };
      });
      if (outcome.status !== "failed") return { ...outcome, warnings };
      const error = errorBefore(outcome.error, insertions);
      const failed: EndedOutcome = { ...outcome, warnings, error };
      return withWrittenLine(failed, { run: source, written }) as EndedOutcome;
    },
    textAsWritten: (text) => insertions.textBefore(text),
    valueAsWritten: (value) => valueBefore(value, insertions) as ValueNode,
  };
}

function valueBefore(node: unknown, insertions: Insertions): unknown {
  if (!Array.isArray(node)) return node;
  if (node[0] === "error") return ["error", insertions.textBefore(String(node[1]))];
  return node.map((part) => valueBefore(part, insertions));
}

function errorBefore(error: CellError, insertions: Insertions): CellError {
  const { stack, cause } = error;
  const position = error.position && insertions.positionBefore(error.position);
  const text = insertions.textBefore(error.text);
  const runLine = error.position && lineOf(insertions.result, error.position.line);
  return {
    ...error,
    // A syntax error's text shows its line.
    text: position ? text.replace(`\n  ${runLine}\n`, () => `\n  ${position.sourceLine}\n`) : text,
    ...(stack !== undefined && { stack: insertions.textBefore(stack) }),
    ...(cause !== undefined && { cause: errorBefore(cause, insertions) }),
    ...(position !== undefined && { position }),
  };
}

function framing({ entry, surroundings, showAs }: EntryFrame): readonly Insertion[] {
  const { source, result } = entry;
  const { before, values } = surroundings;
  const name = unusedName(source);
  // Below a line that names an interpreter.
  const first = /^#!.*(?:\r\n|\n|$)/.exec(source)?.[0].length ?? 0;
  const toldAt = result?.start ?? first;
  const needed = [
    ...(result === undefined ? [] : [`show as ${name}Show`]),
    ...(values.length === 0 ? [] : [`keep as ${name}Keep`, `kept as ${name}Kept`]),
  ];
  const declarations = before.map((declared) =>
    declared.kind === "code"
      ? `${declared.text} `
      : `${declared.keyword} ${declared.name} = ${name}Kept(${JSON.stringify(declared.name)}); `,
  );
  const insertions: Insertion[] = [];
  if (before.length > 0) {
    insertions.push({ offset: first, text: declarations.join(""), toldAt: first });
  }
  if (result !== undefined) {
    insertions.push(
      { offset: result.start, text: `;(${name} = await (`, toldAt },
      { offset: result.end, text: `)) === undefined || ${name}Show(${name});`, toldAt },
    );
  }
  if (needed.length === 0 && entry.declared.length > 0) {
    // What exports is a module and nothing else: functions are declared here for later entries.
    insertions.push({ offset: source.length, text: "\nexport {};", toldAt });
  }
  if (needed.length > 0) {
    const imports =
      showAs === "text" && result !== undefined
        ? `import { text as ${name}Show } from "codecell"; ${importOf(needed.slice(1))}`
        : importOf(needed);
    const reads = values.map((value) => `${value}: () => ${value}`).join(", ");
    const keeping = values.length === 0 ? "" : ` ${name}Keep({ ${reads} });`;
    const text = `\n${imports} var ${name};${keeping}`;
    insertions.push({ offset: source.length, text, toldAt });
  }
  return insertions;
}

function importOf(names: readonly string[]): string {
  return names.length === 0 ? "" : `import { ${names.join(", ")} } from "${cellModuleName}";`;
}

function unusedName(source: string): string {
  let name = "shown";
  while (source.includes(name)) {
    name += "_";
  }
  return name;
}
