import type { JsonSchema } from "../tools/tool-definition.js";
import { toCommentLine } from "./comment-text.js";
import { propertyKey } from "./literal-type.js";
import { printInline } from "./print-type.js";
import { isSchemaNode, type SchemaNode, schemaEntries } from "./schema-node.js";
import { type Member, neverType, type TypeNode, unionOf, unknownType } from "./type-node.js";

/** Characters of a type in a comment; a longer one is left out. */
const maxTypeNoteLength = 100;

/** How an object's or an array's schema has its inner schemas read. */
export interface ReadInner {
  /** The type of a property. */
  type(schema: SchemaNode): TypeNode;
  /** The type of an array's members. */
  element(schema: SchemaNode): TypeNode;
  optionalElement(schema: SchemaNode): TypeNode;
  /** What a comment says. */
  note(schema: SchemaNode): string;
}

/**
 * The object type of a schema. Properties that the schema accepts without a word about them are not
 * declared; where it has no properties at all, any are.
 */
export function objectType(schema: JsonSchema, read: ReadInner): TypeNode {
  const others = typeOfOthers(schema, read);
  const named = namedMembers(schema, read);
  const members = [...named, ...requiredMembers(schema, named, others)];
  return {
    kind: "object",
    members: [...members, ...indexSignature(schema, members, others, read)],
  };
}

/** The type of the properties that `additionalProperties` is about; undefined if there are none. */
function typeOfOthers(schema: JsonSchema, read: ReadInner): TypeNode | undefined {
  const { additionalProperties, properties, patternProperties, required } = schema;
  if (isSchemaNode(additionalProperties)) {
    return additionalProperties === false ? undefined : read.type(additionalProperties);
  }
  const saysNothing = [properties, patternProperties, required].every((said) => said === undefined);
  return saysNothing ? unknownType : undefined;
}

function namedMembers(schema: JsonSchema, read: ReadInner): readonly Member[] {
  const required = requiredNames(schema);
  return schemaEntries(schema["properties"]).map(([name, property]) => ({
    key: propertyKey(name),
    isOptional: !required.has(name),
    type: read.type(property),
    note: read.note(property),
  }));
}

/** Properties that must be there though `properties` does not have them. */
function requiredMembers(
  schema: JsonSchema,
  named: readonly Member[],
  others: TypeNode | undefined,
): readonly Member[] {
  const known = new Set(named.map(({ key }) => key));
  const isSimple = others?.kind === "name" && schema["patternProperties"] === undefined;
  const type = isSimple ? others : unknownType;
  return [...requiredNames(schema)]
    .map(propertyKey)
    .filter((key) => !known.has(key))
    .map((key) => ({ key, isOptional: false, type, note: "" }));
}

function requiredNames({ required }: JsonSchema): ReadonlySet<string> {
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  return new Set(names.filter((name) => typeof name === "string"));
}

function indexSignature(
  schema: JsonSchema,
  members: readonly Member[],
  others: TypeNode | undefined,
  read: ReadInner,
): readonly Member[] {
  const patterns = schemaEntries(schema["patternProperties"]).map(
    ([pattern, one]) => ({ pattern, type: read.type(one) }) as const,
  );
  if (patterns.length === 0 && others === undefined) return [];
  const { additionalProperties } = schema;
  // What no pattern speaks of may be anything, unless the schema says more.
  const beside = isSchemaNode(additionalProperties) ? (others ?? neverType) : unknownType;
  const type = unionOf([...patterns.map((one) => one.type), beside]);
  // TypeScript wants every property to fit the index signature.
  const typeText = JSON.stringify(type);
  const fits = members.every(
    (member) => !member.isOptional && JSON.stringify(member.type) === typeText,
  );
  const notes = [
    ...patterns.flatMap((one) => typeNote(`/${one.pattern}/`, one.type)),
    ...keyNote(schema, read),
    ...(fits || others === undefined ? [] : typeNote("other properties", others)),
    ...(isSchemaNode(additionalProperties) ? [read.note(additionalProperties)] : []),
  ];
  return [
    {
      key: "[key: string]",
      isOptional: false,
      type: fits ? type : unknownType,
      note: toCommentLine(notes.filter((note) => note !== "").join(", ")),
    },
  ];
}

function keyNote({ propertyNames }: JsonSchema, read: ReadInner): readonly string[] {
  const keys = isSchemaNode(propertyNames) ? read.type(propertyNames) : unknownType;
  return keys.kind === "name" && keys.text === "string" ? [] : typeNote("names", keys);
}

function typeNote(name: string, type: TypeNode): readonly string[] {
  const text = printInline(type);
  if (text === undefined || text === "unknown" || text.length > maxTypeNoteLength) return [];
  return [`${name}: ${text}`];
}
