import type { FuncKeywordDefinition } from "ajv";

/** JSON Schema's keyword, checked in one pass over the array. */
export const uniqueItems: FuncKeywordDefinition = {
  keyword: "uniqueItems",
  type: "array",
  schemaType: "boolean",
  error: { message: "must NOT have duplicate items" },
  validate: (isAsked: boolean, items: readonly unknown[]) => {
    return !isAsked || new Set(items.map(canonical)).size === items.length;
  },
};

/** A text that two JSON values have in common where they are equal. */
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`);
  return `{${members.join()}}`;
}
