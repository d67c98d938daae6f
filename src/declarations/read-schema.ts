import type { JsonSchema } from "../tools/tool-definition.js";
import { arrayType } from "./array-type.js";
import { hasJsonType, literalsType } from "./literal-type.js";
import { objectType, type ReadInner } from "./object-type.js";
import { printInline } from "./print-type.js";
import { SchemaDocument } from "./schema-document.js";
import { isRecord, type SchemaNode, schemasIn, subschemas } from "./schema-node.js";
import { schemaNote } from "./schema-notes.js";
import type { TypeNames } from "./type-names.js";
import {
  intersectionOf,
  isUnknown,
  nameType,
  neverType,
  nullType,
  type TypeNode,
  unionOf,
  unknownType,
} from "./type-node.js";

/** A named type that others refer to. */
export interface NamedType {
  readonly name: string;
  readonly note: string;
  readonly type: TypeNode;
}

export interface SchemaType {
  readonly type: TypeNode;
  /** The named types it needs. */
  readonly named: readonly NamedType[];
}

export interface ReadSchemaOptions {
  /** Names of the tool's types. */
  readonly names: TypeNames;
  /** What the whole schema's own type is called, where it needs a name. */
  readonly rootName: string;
  /** Levels of schemas inside schemas, counted anew in each named type; what lies deeper is unknown. */
  readonly maxDepth: number;
}

/**
 * The TypeScript type of a JSON Schema: all that the schema accepts fits it, as far as the schema
 * says what it describes. What types cannot say, such as `not` and `if`, is left out.
 */
export function readSchema(root: SchemaNode, options: ReadSchemaOptions): SchemaType {
  const reader = new SchemaReader(new SchemaDocument(root), options);
  return { type: reader.read(root, { depth: 0, within: undefined }), named: reader.readNamed() };
}

/** Characters of a type that is repeated rather than named. */
const maxUnnamedLength = 40;

/** Where a schema is read. */
interface Place {
  readonly depth: number;
  /** The named type that must not refer to itself here: there is no object or array in between. */
  readonly within: string | undefined;
  /** TypeScript looks through arrays, though not through objects, in an optional member of a tuple. */
  readonly seesThroughArrays?: boolean;
}

class SchemaReader {
  readonly #document: SchemaDocument;
  readonly #options: ReadSchemaOptions;
  readonly #toRead = new Map<string, JsonSchema>();
  /** Which schemas have a name of their own, so that each is looked at once, however often it is used. */
  readonly #named = new Map<JsonSchema, boolean>();
  /** Which named types each one refers to without an object or array in between. */
  readonly #bareReferences = new Map<string, Set<string>>();

  constructor(document: SchemaDocument, options: ReadSchemaOptions) {
    this.#document = document;
    this.#options = options;
  }

  /** The named types that what was read refers to; reading them may add to them. */
  readNamed(): readonly NamedType[] {
    const named: NamedType[] = [];
    // A map's iterator also visits what is added while it runs.
    for (const [name, schema] of this.#toRead) {
      const note = schemaNote(schema, undefined);
      named.push({ name, note, type: this.#readHere(schema, { depth: 0, within: name }) });
    }
    return named;
  }

  read(schema: SchemaNode, place: Place): TypeNode {
    const isNamed = isRecord(schema) && this.#isNamed(schema);
    return isNamed ? this.#refer(schema, place) : this.#readHere(schema, place);
  }

  #isNamed(schema: JsonSchema): boolean {
    const known = this.#named.get(schema);
    if (known !== undefined) return known;
    const isNamed = this.#needsName(schema);
    this.#named.set(schema, isNamed);
    return isNamed;
  }

  /** What is used once is written where it is used, and what is short too. */
  #needsName(schema: JsonSchema): boolean {
    if (this.#document.usesOf(schema) < 2) return false;
    if (isLeaf(schema)) return Array.isArray(schema["enum"]) && schema["enum"].length > 4;
    if (typeof schema["$ref"] === "string" || !subschemas(schema).every(isLeaf)) return true;
    const text = printInline(this.#readHere(schema, { depth: 0, within: undefined }));
    return text === undefined || text.length > maxUnnamedLength;
  }

  #refer(schema: JsonSchema, { within }: Place): TypeNode {
    const wanted = this.#document.nameOf(schema) || this.#options.rootName;
    const name = this.#options.names.of(schema, wanted);
    if (within !== undefined) {
      // TypeScript refuses a type that is nothing but itself and others beside it.
      if (this.#reaches(name, within)) return unknownType;
      const references = this.#bareReferences.get(within) ?? new Set();
      this.#bareReferences.set(within, references.add(name));
    }
    this.#toRead.set(name, schema);
    return nameType(name);
  }

  #reaches(from: string, to: string): boolean {
    const seen = new Set([from]);
    for (const name of seen) {
      if (name === to) return true;
      for (const next of this.#bareReferences.get(name) ?? []) seen.add(next);
    }
    return false;
  }

  #readHere(schema: SchemaNode, place: Place): TypeNode {
    if (schema === true) return unknownType;
    if (schema === false) return neverType;
    if (!isLeaf(schema) && place.depth > this.#options.maxDepth) return unknownType;
    const { nullable } = schema;
    const type = this.#readAssertions(schema, place);
    return nullable === true ? unionOf([type, nullType]) : type;
  }

  #readAssertions(schema: JsonSchema, place: Place): TypeNode {
    const beside = { ...place, depth: place.depth + 1 };
    const { anyOf, oneOf, allOf } = schema;
    const target = this.#document.resolve(schema);
    const combined = intersectionOf([
      ...(target === undefined ? [] : [this.read(target, beside)]),
      ...schemasIn(allOf).map((one) => this.read(one, beside)),
      ...[schemasIn(anyOf), schemasIn(oneOf)].map((list) =>
        list.length === 0 ? unknownType : unionOf(list.map((one) => this.read(one, beside))),
      ),
    ]);
    const types = typesOf(schema);
    if (isUnknown(combined) || !saysOnlyType(schema)) {
      return intersectionOf([this.#readOwn(schema, types, place), combined]);
    }
    // The combined schemas say more about the same values.
    return types?.includes("null") ? unionOf([combined, nullType]) : combined;
  }

  /** What the keywords say that need no other schema beside this one. */
  #readOwn(schema: JsonSchema, types: readonly string[] | undefined, place: Place): TypeNode {
    const values = "const" in schema ? [schema["const"]] : schema["enum"];
    if (Array.isArray(values)) {
      const possible = types === undefined ? values : values.filter((v) => hasJsonType(v, types));
      return literalsType(possible, this.#options.maxDepth - place.depth);
    }
    if (types === undefined) return unknownType;
    const read = this.#inside(place);
    return unionOf(types.map((type) => typeOfKind(type, schema, read)));
  }

  #inside(place: Place): ReadInner {
    const depth = place.depth + 1;
    const inArray = place.seesThroughArrays ? place : { within: undefined };
    return {
      type: (schema) => this.read(schema, { depth, within: undefined }),
      element: (schema) => this.read(schema, { ...inArray, depth }),
      optionalElement: (schema) =>
        this.read(schema, { within: place.within, depth, seesThroughArrays: true }),
      note: (schema) => {
        if (!isRecord(schema)) return "";
        const target = this.#document.resolve(schema);
        // A named type has its comment where it is declared.
        const isInPlace = isRecord(target) && !this.#isNamed(target);
        return this.#isNamed(schema) ? "" : schemaNote(schema, isInPlace ? target : undefined);
      },
    };
  }
}

/** Whether a schema's type needs no other schema. */
function isLeaf(schema: SchemaNode): boolean {
  if (typeof schema === "boolean") return true;
  return typeof schema["$ref"] !== "string" && subschemas(schema).length === 0;
}

/** The types a schema names, or those its keywords are about; undefined where it may be any. */
function typesOf(schema: JsonSchema): readonly string[] | undefined {
  const { type } = schema;
  if (typeof type === "string") return [type];
  if (Array.isArray(type)) {
    return type.filter((one): one is string => typeof one === "string");
  }
  if ("const" in schema || "enum" in schema) return undefined;
  const types = [
    ...(objectKeywords.some((keyword) => keyword in schema) ? ["object"] : []),
    ...(arrayKeywords.some((keyword) => keyword in schema) ? ["array"] : []),
  ];
  return types.length === 0 ? undefined : types;
}

const objectKeywords = ["properties", "patternProperties", "additionalProperties"];
const arrayKeywords = ["items", "prefixItems"];

/** Whether a schema's own keywords say nothing that a type could tell but its `type`. */
function saysOnlyType(schema: JsonSchema): boolean {
  const others = [...objectKeywords, ...arrayKeywords, "required", "const", "enum"];
  return !others.some((keyword) => keyword in schema);
}

function typeOfKind(type: string, schema: JsonSchema, read: ReadInner): TypeNode {
  switch (type) {
    case "string":
    case "number":
    case "boolean":
    case "null":
      return nameType(type);
    case "integer":
      return nameType("number");
    case "object":
      return objectType(schema, read);
    case "array":
      return arrayType(schema, read);
    default:
      return unknownType;
  }
}
