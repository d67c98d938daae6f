import type { Member, TypeNode } from "./type-node.js";

const maxLineLength = 100;

/** A type in as few lines as fit; its first line follows what stands there already. */
export function printType(type: TypeNode, indent: string): string {
  const inline = printInline(type);
  if (inline !== undefined && indent.length + inline.length <= maxLineLength - 30) return inline;
  return print(type, (inner) => printType(inner, indent), indent);
}

/** A type in one line; undefined where it has comments. */
export function printInline(type: TypeNode): string | undefined {
  return hasNotes(type) ? undefined : printOneLine(type);
}

function printOneLine(type: TypeNode): string {
  return print(type, printOneLine, undefined);
}

function print(
  type: TypeNode,
  inner: (type: TypeNode) => string,
  indent: string | undefined,
): string {
  switch (type.kind) {
    case "name":
      return type.text;
    case "array":
      return `${printAtom(type.element, inner)}[]`;
    case "tuple": {
      const elements = type.elements.map((element) =>
        element.isOptional ? `${printAtom(element.type, inner)}?` : inner(element.type),
      );
      if (type.rest !== undefined) elements.push(`...${printAtom(type.rest, inner)}[]`);
      return `[${elements.join(", ")}]`;
    }
    case "union":
      return type.types.map((one) => printAtom(one, inner)).join(" | ");
    case "intersection":
      return type.types.map((one) => printAtom(one, inner)).join(" & ");
    case "object":
      if (type.members.length === 0) return "{}";
      return indent === undefined
        ? printObjectInline(type.members, inner)
        : printObject(type.members, indent);
  }
}

function printAtom(type: TypeNode, inner: (type: TypeNode) => string): string {
  const isJoined = type.kind === "union" || type.kind === "intersection";
  return isJoined ? `(${inner(type)})` : inner(type);
}

function printObjectInline(members: readonly Member[], inner: (type: TypeNode) => string): string {
  return `{ ${members.map((member) => printMember(member, inner(member.type))).join("; ")} }`;
}

function printObject(members: readonly Member[], indent: string): string {
  const deeper = `${indent}  `;
  const lines = members.map((member) => {
    const line = `${deeper}${printMember(member, printType(member.type, deeper))};`;
    if (member.note === "") return line;
    const fits = !line.includes("\n") && line.length + member.note.length + 4 <= maxLineLength;
    return fits ? `${line} // ${member.note}` : `${deeper}// ${member.note}\n${line}`;
  });
  return `{\n${lines.join("\n")}\n${indent}}`;
}

function printMember({ key, isOptional }: Member, type: string): string {
  return `${key}${isOptional ? "?" : ""}: ${type}`;
}

function hasNotes(type: TypeNode): boolean {
  switch (type.kind) {
    case "name":
      return false;
    case "array":
      return hasNotes(type.element);
    case "tuple":
      return [...type.elements.map((element) => element.type), type.rest].some(
        (inner) => inner !== undefined && hasNotes(inner),
      );
    case "object":
      return type.members.some((member) => member.note !== "" || hasNotes(member.type));
    default:
      return type.types.some(hasNotes);
  }
}
