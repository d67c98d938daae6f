import { nameType, type TypeNode, unionOf, unknownType } from "./type-node.js";

/** A property's name as TypeScript takes it: quoted where it is no identifier. */
export function propertyKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

/** The type of exactly these JSON values; `never` of none. */
export function literalsType(values: readonly unknown[], maxDepth: number): TypeNode {
  return unionOf(values.map((value) => literalType(value, maxDepth)));
}

function literalType(value: unknown, maxDepth: number): TypeNode {
  if (typeof value === "string") return nameType(quote(value));
  if (typeof value !== "object" || value === null) return nameType(String(value));
  if (maxDepth <= 0) return unknownType;
  const inner = maxDepth - 1;
  if (Array.isArray(value)) {
    const elements = value.map((member) => ({
      type: literalType(member, inner),
      isOptional: false,
    }));
    return { kind: "tuple", elements, rest: undefined };
  }
  const members = Object.entries(value).map(([name, member]) => ({
    key: propertyKey(name),
    isOptional: false,
    type: literalType(member, inner),
    note: "",
  }));
  return { kind: "object", members };
}

/** Whether a JSON value is of one of JSON Schema's types. */
export function hasJsonType(value: unknown, types: readonly string[]): boolean {
  return types.some((type) => {
    switch (type) {
      case "null":
        return value === null;
      case "array":
        return Array.isArray(value);
      case "object":
        return typeof value === "object" && value !== null && !Array.isArray(value);
      case "integer":
        return Number.isInteger(value);
      default:
        return typeof value === type;
    }
  });
}

/** JSON has no line breaks in its strings but lets two through that end a line of JavaScript. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
