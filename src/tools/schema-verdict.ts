import { shorten } from "../base/shorten.js";

/** What a schema says about an input: the value to go on with, or what is wrong. */
export type SchemaVerdict = { readonly value: unknown } | SchemaRefusal;

/** Why an input does not fit. */
export interface SchemaRefusal {
  /** At least one, and at most `maxProblems`. */
  readonly problems: readonly SchemaProblem[];
  /** How many more there are; undefined where nobody has looked for all of them. */
  readonly more: number | undefined;
}

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

/** Problems of one input that are told. */
const maxProblems = 8;
/** UTF-16 units that are shown of where a problem is, and of what was expected. */
const maxPathLength = 200;
const maxMessageLength = 500;

/** The first faults that a schema's own library has found, as problems, and how many more there are. */
export function toRefusal<Fault>(
  faults: readonly Fault[],
  toProblem: (fault: Fault) => SchemaProblem,
): SchemaRefusal {
  return {
    problems: faults.slice(0, maxProblems).map(toProblem),
    more: Math.max(0, faults.length - maxProblems),
  };
}

/**
 * All problems in one line.
 *
 * @param whole - What a problem of the whole value is said of.
 * @param detail - What stands after a problem, such as the value that was found there.
 */
export function describeProblems(
  { problems, more }: SchemaRefusal,
  whole: string,
  detail: (problem: SchemaProblem) => string = () => "",
): string {
  const shown = problems.map((problem) => {
    const where = problem.path.length === 0 ? whole : `/${problem.path.join("/")}`;
    const message = shorten(problem.message, maxMessageLength);
    return `${shorten(where, maxPathLength)}: ${message}${detail(problem)}`;
  });
  if (more === undefined) shown.push("and perhaps more");
  else if (more > 0) shown.push(`and ${more} more`);
  return shown.join("; ");
}
