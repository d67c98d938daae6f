/** What a schema says about an input: the value to go on with, or what is wrong. */
export type SchemaVerdict =
  | { readonly value: unknown }
  | { readonly problems: readonly SchemaProblem[] };

/** One thing that is wrong with an input. */
export interface SchemaProblem {
  /** Keys from the input down to what is wrong; empty for the input itself. */
  readonly path: readonly string[];
  /** What was expected there. */
  readonly message: string;
}

/**
 * Asks a schema; answers at once unless the schema is asynchronous.
 *
 * @param length - UTF-16 units of the input's JSON text.
 */
export type SchemaValidate = (
  input: unknown,
  length: number,
) => SchemaVerdict | Promise<SchemaVerdict>;
