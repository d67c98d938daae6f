import type { Options, ValidateFunction } from "ajv";
import { describeThrown } from "../base/describe-value.js";
import { runWithin, threadCpuMs } from "../base/time-bound.js";
import { vendored } from "../base/vendored.js";
import { FaultFinder, firstFault } from "./fault-finder.js";
import { isCheapToCheck, type SchemaCost, schemaCost } from "./schema-cost.js";
import type { SchemaValidate } from "./schema-verdict.js";
import type { JsonSchema } from "./tool-definition.js";
import { uniqueItems } from "./unique-items.js";

interface Dialect {
  readonly Ajv: typeof import("ajv").Ajv;
  /** Knows the dialect's own schema; made once, for it is slow. */
  readonly metaSchema: import("ajv").Ajv;
}

// Writing a schema out at every reference to it could fill the heap.
const common: Options = { strict: false, logger: false, inlineRefs: false };

const dialects = new Map<string, Dialect>();

/**
 * Milliseconds of the host's thread that compiling a server's schema, and checking an input, may take. Both
 * may come in one turn of the event loop, and finding all faults after them.
 */
const maxCompileMs = 70;
const maxCheckMs = 60;
/** After a check of less there is time to compile the schema once more, for all faults. */
const maxQuickMs = 40;
/** Characters of one pattern of a server's: the engine takes up to 15 µs to compile each, in one go. */
const maxPatternLength = 4_000;

interface CompiledSchema {
  readonly validate: ValidateFunction;
  readonly cost: SchemaCost;
  readonly faults: FaultFinder;
}

/**
 * Compiles a JSON Schema when it is first asked. What a check may take is bounded: patterns,
 * references and long lists in a schema can make one input take hours.
 *
 * @param from - `host`: compiled however long that takes. `server`: the schema is as little known as
 *   the input, and the server checks inputs itself, so an input that takes too long passes unchecked.
 * @returns A function that throws where the schema cannot be compiled, or takes a server's too long,
 *   and a `SlowCheckError` where an input takes a host's schema too long.
 */
export function jsonSchemaValidate(schema: JsonSchema, from: "host" | "server"): SchemaValidate {
  let compiled: CompiledSchema | undefined;
  const check = (input: unknown, length: number): ReturnType<SchemaValidate> => {
    compiled ??= compileSchema(schema, from);
    const { validate, cost, faults } = compiled;
    const isCheap = isCheapToCheck(cost, length);
    const startedAt = isCheap ? 0 : threadCpuMs();
    const isValid = isCheap ? validate(input) : runCheck(() => validate(input) as boolean);
    if (isValid) return { value: input };
    const isQuick = isCheap || threadCpuMs() - startedAt < maxQuickMs;
    return faults.find(input, isQuick) ?? firstFault(validate);
  };
  if (from === "host") return check;
  return (input, length) => {
    compiled ??= compileWithin(schema);
    try {
      return check(input, length);
    } catch (thrown) {
      if (thrown instanceof SlowCheckError) return { value: input };
      throw thrown;
    }
  };
}

function compileWithin(schema: JsonSchema): CompiledSchema {
  // Loaded before, so that loading is not stopped half way.
  dialectOf(schema);
  const made = runWithin(maxCompileMs, () => compileSchema(schema, "server"));
  if (made.isDone) return made.result;
  throw new TypeError(`it takes longer than ${maxCompileMs} ms to compile`);
}

function compileSchema(schema: JsonSchema, from: "host" | "server"): CompiledSchema {
  const cost = schemaCost(schema);
  if (from === "server" && cost.longestPattern > maxPatternLength) {
    throw new TypeError(
      `it has a pattern of ${cost.longestPattern} characters, of at most ${maxPatternLength}`,
    );
  }
  return {
    validate: compile(schema),
    cost,
    faults: new FaultFinder(() => compile(schema, { allErrors: true })),
  };
}

/** An input cannot be checked in reasonable time. */
export class SlowCheckError extends Error {
  override readonly name = "SlowCheckError";
}

function runCheck(validate: () => boolean): boolean {
  const checked = runWithin(maxCheckMs, validate);
  if (checked.isDone) return checked.result;
  throw new SlowCheckError(
    `it takes longer than ${maxCheckMs} ms to check it with the tool's inputSchema; give shorter texts and lists`,
  );
}

/** Why a JSON Schema cannot be used; undefined where it can. */
export function jsonSchemaProblem(schema: JsonSchema): string | undefined {
  try {
    compile(schema);
    return undefined;
  } catch (thrown) {
    return describeThrown(thrown);
  }
}

function compile(schema: JsonSchema, more: Options = {}): ValidateFunction {
  if (schema["$async"] === true) throw new TypeError("a schema with $async is not JSON Schema");
  const dialect = dialectOf(schema);
  // Without `$schema`, so that a dialect Ajv has never heard of is read as the default one.
  const { $schema: _, ...rest } = schema;
  if (!dialect.metaSchema.validateSchema(rest)) {
    throw new TypeError(dialect.metaSchema.errorsText(dialect.metaSchema.errors));
  }
  // An instance of its own for each schema: an `$id` is then no one else's business.
  const ajv = new dialect.Ajv({ ...common, ...more, validateSchema: false });
  vendored("ajv").addFormats(ajv);
  // Its own takes the square of an array's length where the members are no scalars.
  ajv.removeKeyword("uniqueItems").addKeyword(uniqueItems);
  return ajv.compile(rest);
}

function dialectOf({ $schema }: JsonSchema): Dialect {
  const is2020 = typeof $schema === "string" && $schema.includes("2020-12");
  const name = is2020 ? "Ajv2020" : "Ajv";
  let dialect = dialects.get(name);
  if (dialect === undefined) {
    // Loaded when a JSON Schema is first used: that takes longer than the first hundred cells.
    const Ajv = vendored("ajv")[name];
    dialect = { Ajv, metaSchema: new Ajv(common) };
    // Compiles the dialect's own schema, which must not be stopped half way.
    dialect.metaSchema.validateSchema({});
    dialects.set(name, dialect);
  }
  return dialect;
}
