import { toIdentifier } from "../tools/tool-names.js";
import type { SchemaNode } from "./schema-node.js";

/**
 * The names of the types that one tool's declaration needs beside itself. Each is the tool's name, a
 * `$` and a name without one, so that no two tools ever have one name.
 */
export class TypeNames {
  readonly #prefix: string;
  readonly #names = new Map<SchemaNode, string>();
  readonly #taken = new Set<string>();

  constructor(toolName: string) {
    this.#prefix = `${toolName}$`;
  }

  /** The name of a schema's type, always the same. */
  of(schema: SchemaNode, wanted: string): string {
    const given = this.#names.get(schema);
    if (given !== undefined) return given;
    const base = this.#prefix + toIdentifier(wanted).replaceAll("$", "_");
    let name = base;
    for (let count = 2; this.#taken.has(name); count++) name = `${base}_${count}`;
    this.#taken.add(name);
    this.#names.set(schema, name);
    return name;
  }
}
