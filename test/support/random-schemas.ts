import fc from "fast-check";
import type { JsonSchema } from "../../src/index.js";

/** Names that are identifiers, and names that are all but. */
const names = ["a", "b", "kind", "x-1", "new", "1", "ünï", "it's", 'a"b', "*/", "$a", "a b"];
const definitionNames = ["node", "leaf", "a/b", "~t"];
const texts = ["", "plain", "*/ }; const x: = (", "two\nlines", "// @ts-expect-error", "\u2028"];

const scalars = fc.constantFrom<unknown>("a", "b\n\"'`", "", 0, -1.5, 1e21, true, false, null);
const notes = fc.record(
  {
    description: fc.constantFrom(...texts),
    default: scalars,
    format: fc.constantFrom("date", "uri", "*/"),
    title: fc.constantFrom(...texts),
  },
  { requiredKeys: [] },
);

/** Schemas as people write them: what says something about objects or arrays says so in its type. */
const { schema: inner } = fc.letrec<{ schema: JsonSchema | boolean; leaf: JsonSchema }>((tie) => {
  const schema = tie("schema");
  const list = fc.array(schema, { minLength: 1, maxLength: 3 });
  const some = fc.subarray(names, { maxLength: 4 });
  const ref = fc
    .constantFrom("#", ...definitionNames.map((name) => `#/$defs/${encodePointer(name)}`))
    .map(($ref) => ({ $ref }));
  const object = fc
    .record(
      {
        properties: some.chain((keys) =>
          fc.record(Object.fromEntries(keys.map((k) => [k, schema]))),
        ),
        required: some,
        additionalProperties: schema,
        patternProperties: fc.record({ "^x-": schema }),
      },
      { requiredKeys: [] },
    )
    .map((keywords) => ({ type: "object", ...keywords }));
  const array = fc.oneof(
    schema.map((items) => ({ type: "array", items })),
    fc
      .record(
        { prefixItems: list, items: schema, minItems: fc.nat(2) },
        { requiredKeys: ["prefixItems"] },
      )
      .map((keywords) => ({ type: "array", ...keywords })),
  );
  const combined = fc.oneof(
    list.map((anyOf) => ({ anyOf })),
    list.map((oneOf) => ({ oneOf })),
    list.map((allOf) => ({ allOf })),
  );
  return {
    leaf: fc.oneof(
      fc.constantFrom("string", "number", "integer", "boolean", "null").map((type) => ({ type })),
      fc.constantFrom("string", "number", "object").map((type) => ({ type, nullable: true })),
      fc.constant({ type: ["string", "null"] }),
      fc.array(scalars, { minLength: 1, maxLength: 6 }).map((values) => ({ enum: values })),
      fc.oneof(scalars, fc.constant({ a: [1, null] })).map((value) => ({ const: value })),
      fc.constant({}),
    ),
    schema: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 4, arbitrary: tie("leaf") },
      { weight: 1, arbitrary: fc.boolean() },
      { weight: 4, arbitrary: fc.tuple(object, notes).map(([a, b]) => ({ ...a, ...b })) },
      { weight: 2, arbitrary: array },
      { weight: 2, arbitrary: ref },
      { weight: 2, arbitrary: combined },
      { weight: 1, arbitrary: fc.tuple(object, combined).map(([a, b]) => ({ ...a, ...b })) },
      { weight: 1, arbitrary: fc.tuple(ref, notes).map(([a, b]) => ({ ...a, ...b })) },
    ),
  };
});

/** Whole schemas, 2020-12, with definitions that refer to each other and themselves. */
export const randomSchema: fc.Arbitrary<JsonSchema> = fc
  .tuple(
    fc.oneof(inner, inner).filter((schema): schema is JsonSchema => typeof schema === "object"),
    fc.record(Object.fromEntries(definitionNames.map((name) => [name, inner]))),
  )
  .map(([schema, $defs]) => ({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...schema,
    $defs,
  }));

const keywords = [
  ...["type", "enum", "const", "properties", "required", "additionalProperties", "nullable"],
  ...["patternProperties", "propertyNames", "items", "prefixItems", "additionalItems", "minItems"],
  ...["anyOf", "oneOf", "allOf", "$ref", "$id", "$anchor", "$defs", "description", "default"],
];

/** What is no schema but looks like one: keywords with values of any kind. */
export const nonsenseSchema: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema }>(
  (tie) => ({
    schema: fc.dictionary(
      fc.constantFrom(...keywords),
      fc.oneof(
        { depthSize: "small" },
        fc.jsonValue(),
        fc.constantFrom("object", "array", "string", "#", "#/properties/a", "#/$defs/a", "a", ""),
        fc.array(fc.constantFrom("object", "array", "string", "a")),
        tie("schema"),
        fc.array(tie("schema"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie("schema")),
      ),
      { maxKeys: 4 },
    ),
  }),
).schema;

/** Numbers to decide by, so that the same numbers make the same value. */
export const decisions: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(1000), {
  minLength: 50,
  maxLength: 50,
});

/**
 * Makes a value that a schema may let through: the properties it names, a tuple's members in full. The
 * caller asks a validator.
 */
export function guessValue(root: JsonSchema, numbers: readonly number[]): unknown {
  return new ValueGuess(root, numbers).of(root, 0);
}

const deepest = 8;
const maxParts = 100;

class ValueGuess {
  readonly #root: JsonSchema;
  readonly #numbers: readonly number[];
  #next = 0;
  #parts = 0;

  constructor(root: JsonSchema, numbers: readonly number[]) {
    this.#root = root;
    this.#numbers = numbers;
  }

  of(schema: unknown, depth: number): unknown {
    this.#parts += 1;
    const isEnough = depth > 2 * deepest || this.#parts > maxParts;
    if (typeof schema !== "object" || schema === null || isEnough) return this.#any();
    const keywords = schema as JsonSchema;
    if ("const" in keywords) return keywords["const"];
    if (Array.isArray(keywords["enum"])) return this.#pick(keywords["enum"]);
    if (keywords["nullable"] === true && this.#decide(4) === 0) return null;
    const parts = [...this.#combined(keywords)].map((part) => this.of(part, depth + 1));
    const own = "type" in keywords ? [this.#own(keywords, depth)] : [];
    return merge([...own, ...parts], () => this.#any());
  }

  *#combined({ anyOf, oneOf, allOf, $ref }: JsonSchema): Generator<unknown> {
    if (typeof $ref === "string") yield this.#resolve($ref);
    if (Array.isArray(allOf)) yield* allOf;
    if (Array.isArray(anyOf)) yield this.#pick(anyOf);
    if (Array.isArray(oneOf)) yield this.#pick(oneOf);
  }

  #own(schema: JsonSchema, depth: number): unknown {
    const { type } = schema;
    switch (Array.isArray(type) ? this.#pick(type) : type) {
      case "string":
        return this.#pick(["", "text", "2020-01-01"]);
      case "integer":
        return this.#decide(9);
      case "number":
        return this.#decide(9) - 4.5;
      case "boolean":
        return this.#decide(2) === 0;
      case "array":
        return this.#array(schema, depth);
      case "object":
        return this.#object(schema, depth);
      default:
        return null;
    }
  }

  #array({ prefixItems, items }: JsonSchema, depth: number): unknown {
    const first: readonly unknown[] = Array.isArray(prefixItems) ? prefixItems : [];
    const rest = items === undefined || items === false ? 0 : this.#count(depth);
    return [...first, ...Array.from({ length: rest }, () => items)].map((member) =>
      this.of(member, depth + 1),
    );
  }

  #object(schema: JsonSchema, depth: number): unknown {
    const properties = (schema["properties"] ?? {}) as JsonSchema;
    const required = (schema["required"] ?? []) as readonly string[];
    const others = schema["additionalProperties"];
    const members: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(properties)) {
      if (required.includes(name) || this.#count(depth) > 0) {
        members[name] = this.of(property, depth + 1);
      }
    }
    for (const name of required) members[name] ??= this.of(others ?? true, depth + 1);
    if ("patternProperties" in schema && this.#count(depth) > 0) {
      const { "^x-": pattern } = schema["patternProperties"] as JsonSchema;
      members["x-2"] = this.of(pattern, depth + 1);
    }
    if (others !== undefined && this.#count(depth) > 0)
      members["more"] = this.of(others, depth + 1);
    return members;
  }

  /** How many of what need not be there; none far down. */
  #count(depth: number): number {
    return depth > deepest ? 0 : this.#decide(3);
  }

  #resolve($ref: string): unknown {
    if ($ref === "#") return this.#root;
    const definitions = this.#root["$defs"] as JsonSchema;
    const name = definitionNames.find((one) => $ref.endsWith(`/${encodePointer(one)}`)) ?? "";
    return definitions[name];
  }

  #any(): unknown {
    return this.#pick(["any", 1, null, {}]);
  }

  #pick<T>(values: readonly T[]): T | undefined {
    return values[this.#decide(values.length)];
  }

  #decide(choices: number): number {
    this.#next += 1;
    return (this.#numbers[this.#next % this.#numbers.length] ?? 0) % choices;
  }
}

function merge(values: readonly unknown[], otherwise: () => unknown): unknown {
  const [first, ...others] = values;
  if (values.length === 0) return otherwise();
  const isPlain = (value: unknown): boolean =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  return values.every(isPlain) ? Object.assign({}, first, ...others) : values.at(-1);
}

function encodePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
