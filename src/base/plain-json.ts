import { describeValue } from "./describe-value.js";

/**
 * Why a value is not one that JSON carries as it is, or undefined where it is: null, booleans, strings,
 * finite numbers, and arrays and plain objects of such. A property that is undefined counts as left out.
 *
 * @param maxDepth - How deep arrays and objects may be nested.
 * @returns Where in the value the fault is, as in `.users[3]`, empty for the value itself; what is
 *   there; and whether it is only nested too deep.
 */
export function findNoJson(value: unknown, maxDepth: number): JsonFault | undefined {
  return find(value, "", maxDepth);
}

export interface JsonFault {
  readonly at: string;
  readonly what: string;
  readonly isTooDeep: boolean;
}

function find(value: unknown, at: string, depthLeft: number): JsonFault | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : fault(at, value);
    case "object":
      if (value === null) return undefined;
      if (depthLeft === 0) return { at, what: "a deeper value", isTooDeep: true };
      return Array.isArray(value)
        ? findInArray(value, at, depthLeft - 1)
        : findInObject(value, at, depthLeft - 1);
    default:
      return fault(at, value);
  }
}

function findInArray(
  items: readonly unknown[],
  at: string,
  depthLeft: number,
): JsonFault | undefined {
  for (let i = 0; i < items.length; i += 1) {
    const found = find(items[i], `${at}[${i}]`, depthLeft);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findInObject(object: object, at: string, depthLeft: number): JsonFault | undefined {
  const prototype: unknown = Object.getPrototypeOf(object);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  if (!isPlain) return fault(at, object);
  for (const [key, value] of Object.entries(object)) {
    const isName = /^[A-Za-z_$][\w$]*$/.test(key);
    const place = isName ? `${at}.${key}` : `${at}[${JSON.stringify(key)}]`;
    const found = value === undefined ? undefined : find(value, place, depthLeft);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fault(at: string, value: unknown): JsonFault {
  return { at, what: describeValue(value), isTooDeep: false };
}
