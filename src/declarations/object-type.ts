import type { JsonSchema } from "../tool-definition.js";
import { toCommentLine } from "./comment-text.js";
import { propertyKey } from "./literal-type.js";
import { printInline } from "./print-type.js";
import { isSchemaNode, type SchemaNode, schemaEntries } from "./schema-node.js";
import { type Member, type TypeNode, unionOf, unknownType } from "./type-node.js";

/** How an object's or an array's schema has its inner schemas read. */
export interface ReadInner {
  type(schema: SchemaNode): TypeNode;
  note(schema: SchemaNode): string;
}

/**
 * The object type of a schema. Properties that the schema lets through without a word about them are
 * not declared; where it has no properties at all, any are.
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

/** The type of the properties that `additionalProperties` is about; undefined where there are none. */
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
  const patterns = schemaEntries(schema["patternProperties"]);
  if (patterns.length === 0 && others === undefined) return [];
  const type = unionOf([
    ...patterns.map(([, pattern]) => read.type(pattern)),
    ...(others === undefined ? [] : [others]),
  ]);
  // TypeScript wants every property to fit the index signature.
  const typeText = JSON.stringify(type);
  const fits = members.every(
    (member) => !member.isOptional && JSON.stringify(member.type) === typeText,
  );
  const { additionalProperties } = schema;
  const notes = [
    ...patterns.map(([pattern]) => `names: /${pattern}/`),
    ...keyNote(schema, read),
    ...(fits ? [] : otherNote(type)),
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

function* keyNote({ propertyNames }: JsonSchema, read: ReadInner): Generator<string> {
  if (!isSchemaNode(propertyNames)) return;
  const keys = printInline(read.type(propertyNames));
  if (keys !== undefined && keys !== "string" && keys !== "unknown") yield `names: ${keys}`;
}

function* otherNote(type: TypeNode): Generator<string> {
  const text = printInline(type);
  if (text !== undefined && text !== "unknown") yield `other properties: ${text}`;
}
