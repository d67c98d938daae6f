import type { JsonSchema } from "../tools/tool-definition.js";
import type { ReadInner } from "./object-type.js";
import { restItems, tupleItems } from "./schema-node.js";
import { type TypeNode, unknownType } from "./type-node.js";

/**
 * The array or tuple type of a schema. A tuple has all its members, unless `minItems` asks for
 * fewer; members beyond them that the schema accepts without a word are not declared.
 */
export function arrayType(schema: JsonSchema, read: ReadInner): TypeNode {
  const items = tupleItems(schema);
  const rest = restItems(schema);
  if (items.length === 0) {
    return { kind: "array", element: rest === undefined ? unknownType : read.element(rest) };
  }
  const { minItems } = schema;
  const least = typeof minItems === "number" ? minItems : items.length;
  const elements = items.map((item, index) =>
    index < least
      ? { type: read.element(item), isOptional: false }
      : { type: read.optionalElement(item), isOptional: true },
  );
  return {
    kind: "tuple",
    elements,
    rest: rest === undefined || rest === false ? undefined : read.element(rest),
  };
}
