/** A TypeScript type, ready to be printed. */
export type TypeNode =
  /** A keyword, a literal, or the name of a type. */
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "array"; readonly element: TypeNode }
  | {
      readonly kind: "tuple";
      readonly elements: readonly TupleElement[];
      readonly rest: TypeNode | undefined;
    }
  | { readonly kind: "object"; readonly members: readonly Member[] }
  | { readonly kind: "union"; readonly types: readonly TypeNode[] }
  | { readonly kind: "intersection"; readonly types: readonly TypeNode[] };

export interface TupleElement {
  readonly type: TypeNode;
  readonly isOptional: boolean;
}

/** A property or an index signature. */
export interface Member {
  /** As it is written: an identifier, a string literal, or `[key: string]`. */
  readonly key: string;
  readonly isOptional: boolean;
  readonly type: TypeNode;
  /** What a comment says about it; empty for no comment. */
  readonly note: string;
}

export const unknownType: TypeNode = nameType("unknown");
export const neverType: TypeNode = nameType("never");
export const nullType: TypeNode = nameType("null");

export function nameType(text: string): TypeNode {
  return { kind: "name", text };
}

export function isUnknown(type: TypeNode): boolean {
  return type.kind === "name" && type.text === "unknown";
}

function isNever(type: TypeNode): boolean {
  return type.kind === "name" && type.text === "never";
}

/** One of these types; each is named once. Of none, `never`. */
export function unionOf(types: readonly TypeNode[]): TypeNode {
  const flat = types.flatMap((type) => (type.kind === "union" ? type.types : [type]));
  if (flat.some(isUnknown)) return unknownType;
  return joined("union", distinct(flat.filter((type) => !isNever(type))), neverType);
}

/** All of these types at once. Of none, `unknown`. */
export function intersectionOf(types: readonly TypeNode[]): TypeNode {
  const flat = types.flatMap((type) => (type.kind === "intersection" ? type.types : [type]));
  if (flat.some(isNever)) return neverType;
  return joined("intersection", distinct(flat.filter((type) => !isUnknown(type))), unknownType);
}

function joined(
  kind: "union" | "intersection",
  types: readonly TypeNode[],
  ofNone: TypeNode,
): TypeNode {
  const [first, ...others] = types;
  if (first === undefined) return ofNone;
  return others.length === 0 ? first : { kind, types };
}

function distinct(types: readonly TypeNode[]): readonly TypeNode[] {
  const seen = new Map(types.map((type) => [JSON.stringify(type), type]));
  return [...seen.values()];
}
