import { patternDegree } from "./pattern-degree.js";

/** What it may take to check inputs with a JSON Schema, at worst. */
export interface SchemaCost {
  /** Values, keys included, that the schema is made of. */
  readonly size: number;
  /** Whether references may lead through an input more than once for each of its values. */
  readonly hasReferences: boolean;
  /** With which power of an input's length the steps of a check grow. */
  readonly degree: number;
  /** Characters of its longest pattern: the engine compiles a pattern in one go. */
  readonly longestPattern: number;
}

/** Steps that take no more than some milliseconds. */
const cheapSteps = 2_000_000;

const degreeOfFormats = 2;
/** Patterns of one keyword that are looked at; of more, any may take exponentially many steps. */
const maxPatterns = 100;

/** Reads the cost of a JSON Schema off its text; never throws. */
export function schemaCost(schema: object): SchemaCost {
  let size = 0;
  let hasReferences = false;
  let degree = 1;
  let longestPattern = 0;
  const left: unknown[] = [schema];
  const seen = new Set<object>();
  while (left.length > 0) {
    const value = left.pop();
    size += 1;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    for (const [key, inner] of Object.entries(value)) {
      size += 1;
      left.push(inner);
      if (/^\$(?:ref|dynamicRef|recursiveRef)$/.test(key)) hasReferences = true;
      degree = Math.max(degree, keywordDegree(key, inner));
      for (const { length } of patternsOf(key, inner)) {
        longestPattern = Math.max(longestPattern, length);
      }
    }
  }
  return { size, hasReferences, degree, longestPattern };
}

/** @param length - Of the input, as JSON text. */
export function isCheapToCheck(
  { size, hasReferences, degree }: SchemaCost,
  length: number,
): boolean {
  if (hasReferences || size * length > cheapSteps) return false;
  return degree === Infinity ? length <= 16 : length ** degree <= cheapSteps;
}

function keywordDegree(key: string, value: unknown): number {
  switch (key) {
    case "pattern":
    case "patternProperties":
      return degreeOf(patternsOf(key, value));
    case "format":
      return degreeOfFormats;
    default:
      return 1;
  }
}

function degreeOf(patterns: readonly string[]): number {
  return patterns.length > maxPatterns ? Infinity : Math.max(1, ...patterns.map(patternDegree));
}

function patternsOf(key: string, value: unknown): readonly string[] {
  if (key === "pattern") return typeof value === "string" ? [value] : [];
  const hasPatterns = key === "patternProperties" && typeof value === "object" && value !== null;
  return hasPatterns ? Object.keys(value) : [];
}
