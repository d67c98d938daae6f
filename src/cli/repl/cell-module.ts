/** What entries import the module under that the text below is. */
export const cellModuleName = "codecell/repl";

/** Keys of stored values that begin with it are declarations that the prompt keeps. */
export const keptKeyPrefix = "\u0000repl:";

/**
 * What runs in a cell for the prompt. `show` hands out a value, and `keep` what an entry has declared,
 * each as a text that begins with the mark; `kept` gives a declared value to a later entry.
 *
 * A value crosses as JSON: strings, booleans, null and numbers as they are, everything else as a list
 * whose first item says what it is (`ValueNode` of shown-value.ts).
 */
export function cellModule(mark: string): string {
  return `
import { load, store, text } from "codecell";

const mark = ${JSON.stringify(mark)};
const prefix = ${JSON.stringify(keptKeyPrefix)};
// Of a value that is shown: how deep, how many parts, how many items of a list.
const shownDepth = 6, shownParts = 5000, shownItems = 100;

const prototypeOf = Object.getPrototypeOf;
const nameOf = (value) => {
  try {
    const { name } = prototypeOf(value).constructor;
    return typeof name === "string" ? name : "Object";
  } catch {
    return "Object";
  }
};

class Encoder {
  constructor(isShown) {
    this.isShown = isShown;
    this.parts = 0;
    this.seen = new Map();
    this.lost = undefined;
  }

  lose(what, node) {
    this.lost ??= what;
    return node;
  }

  encode(value, depth) {
    this.parts += 1;
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0)
          ? value
          : ["number", Object.is(value, -0) ? "-0" : String(value)];
      case "bigint":
        return ["bigint", String(value)];
      case "undefined":
        return ["undefined"];
      case "symbol":
        return this.lose("a symbol", ["symbol", String(value.description ?? "")]);
      case "function":
        return this.lose("a function", ["function", String(value.name), String(value).startsWith("class")]);
      default:
        return value === null ? null : this.object(value, depth);
    }
  }

  object(value, depth) {
    const known = this.seen.get(value);
    if (known !== undefined) return ["ref", known];
    if (this.isShown && (depth >= shownDepth || this.parts > shownParts)) {
      return ["cut", Array.isArray(value) ? "Array" : nameOf(value)];
    }
    this.seen.set(value, this.seen.size);
    const next = depth + 1;
    if (Array.isArray(value)) return ["array", this.items(value, next), value.length];
    if (value instanceof Map) {
      const entries = this.first([...value], value.size);
      return ["map", entries.map(([k, v]) => [this.encode(k, next), this.encode(v, next)])];
    }
    if (value instanceof Set) return ["set", this.items([...value], next)];
    if (value instanceof Date) return ["date", value.getTime()];
    if (value instanceof RegExp) return ["regexp", value.source, value.flags];
    if (value instanceof Error) {
      return this.lose("an error", ["error", String(value.stack ?? value)]);
    }
    if (value instanceof Promise) return this.lose("a promise", ["other", "Promise"]);
    if (ArrayBuffer.isView(value) && "length" in value) {
      const items = this.first(Array.from(value.subarray(0, shownItems)), value.length);
      return this.lose("a typed array", ["typed", nameOf(value), items.map(String), value.length]);
    }
    const prototype = prototypeOf(value);
    const isPlain = prototype === null || prototype === Object.prototype;
    const entries = this.entries(value, next);
    if (isPlain) return ["object", entries];
    return this.lose("an instance of " + nameOf(value), ["instance", nameOf(value), entries]);
  }

  first(items, length) {
    return this.isShown && length > shownItems ? items.slice(0, shownItems) : items;
  }

  items(values, depth) {
    const shown = this.first(values, values.length);
    return Array.from(shown, (item, index) =>
      index in shown ? this.encode(item, depth) : ["hole"]);
  }

  entries(value, depth) {
    const entries = [];
    for (const key of Object.keys(value)) {
      if (this.isShown && this.parts > shownParts) {
        entries.push(["…", ["other", "more"]]);
        break;
      }
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (property === undefined) continue;
      entries.push([key, property.get || property.set
        ? this.lose("a getter", ["other", property.set ? "Getter/Setter" : "Getter"])
        : this.encode(property.value, depth)]);
    }
    return entries;
  }
}

export function show(value) {
  text(mark + JSON.stringify({ shown: new Encoder(true).encode(value, 0) }));
}

export function keep(values) {
  const saved = [];
  const lost = [];
  for (const [name, read] of Object.entries(values)) {
    try {
      const encoder = new Encoder(false);
      const node = encoder.encode(read(), 0);
      if (encoder.lost === undefined) {
        store(prefix + name, [node]);
        saved.push(name);
      } else {
        lost.push([name, encoder.lost]);
      }
    } catch (error) {
      lost.push([name, error instanceof RangeError ? error.message : "it cannot be read"]);
    }
  }
  text(mark + JSON.stringify({ saved, lost }));
}

export function kept(name) {
  const seen = [];
  const made = (object) => (seen.push(object), object);
  const decode = (node) => {
    if (!Array.isArray(node)) return node;
    const [kind, one, two] = node;
    switch (kind) {
      case "number":
        return Number(one);
      case "bigint":
        return BigInt(one);
      case "undefined":
        return undefined;
      case "ref":
        return seen[one];
      case "date":
        return made(new Date(one ?? NaN));
      case "regexp":
        return made(new RegExp(one, two));
      case "array": {
        const list = made(new Array(two));
        one.forEach((item, i) => { if (item?.[0] !== "hole" || !Array.isArray(item)) list[i] = decode(item); });
        return list;
      }
      case "map": {
        const map = made(new Map());
        for (const [k, v] of one) map.set(decode(k), decode(v));
        return map;
      }
      case "set": {
        const set = made(new Set());
        for (const item of one) set.add(decode(item));
        return set;
      }
      default: {
        const object = made({});
        for (const [key, item] of one) {
          const value = decode(item);
          Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
        }
        return object;
      }
    }
  };
  return decode(load(prefix + name)[0]);
}
`;
}
