import { DOMException, isDOMException } from "./dom-exception.js";
import { requireArguments, toOptions } from "./interface.js";
import { getterOf, methodOf } from "./intrinsics.js";
import { Kind } from "./native.js";

// What is called of a value that the cell may have changed is taken from here.
const { defineProperty, getOwnPropertyDescriptor, hasOwn, keys, getPrototypeOf } = Object;
const typedArray = getPrototypeOf(Uint8Array.prototype) as object;
const kindOfArray = getterOf(typedArray, Symbol.toStringTag);
const viewGetters = [typedArray, DataView.prototype].map((prototype) => ({
  buffer: getterOf(prototype, "buffer"),
  byteOffset: getterOf(prototype, "byteOffset"),
  byteLength: getterOf(prototype, "byteLength"),
}));
const lengthOfArray = getterOf(typedArray, "length");
const sizeOfBuffer = getterOf(ArrayBuffer.prototype, "byteLength");
const timeOf = methodOf(Date.prototype.getTime);
const forEachInMap = methodOf(Map.prototype.forEach);
const forEachInSet = methodOf(Set.prototype.forEach);
const getInMap = methodOf(Map.prototype.get);
const setInMap = methodOf(Map.prototype.set);
const addToSet = methodOf(Set.prototype.add);
const primitives: readonly ((wrapper: object) => unknown)[] = [
  methodOf(Boolean.prototype.valueOf),
  methodOf(Number.prototype.valueOf),
  methodOf(String.prototype.valueOf),
  methodOf(BigInt.prototype.valueOf),
];

type ArrayClass = new (buffer: ArrayBuffer, offset: number, length: number) => object;
const arrayClasses: ReadonlyMap<unknown, ArrayClass> = new Map(
  [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    BigInt64Array,
    BigUint64Array,
    Float32Array,
    Float64Array,
    (globalThis as { readonly Float16Array?: ArrayClass }).Float16Array,
  ].flatMap((made) => (made === undefined ? [] : [[made.name, made] as const])),
);

const errors: ReadonlyMap<unknown, new () => Error> = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((made) => [
    made.name,
    made,
  ]),
);

export function structuredClone(value: unknown, options?: unknown): unknown {
  requireArguments("structuredClone", arguments.length, 1);
  const { transfer } = toOptions<{ readonly transfer: Iterable<unknown> }>(
    "structuredClone",
    options,
  );
  const cloning = new Cloning();
  const transferred = transfer === undefined ? [] : [...transfer];
  for (const buffer of transferred) cloning.take(buffer);
  const clone = cloning.clone(value);
  for (const buffer of transferred) native.detach(buffer as object);
  return clone;
}

/** One call: what has been cloned already is not cloned again. */
class Cloning {
  readonly #clones = new Map<unknown, object>();

  /** Has the clone use the memory of a buffer. */
  take(buffer: unknown): void {
    const isBuffer = native.kindOf(buffer) === Kind.buffer;
    if (isBuffer && getInMap(this.#clones, buffer) !== undefined) {
      throw notCloneable("An ArrayBuffer stands twice in the list of what is to be transferred");
    }
    const taken = isBuffer ? native.shareBuffer(buffer as object) : undefined;
    if (taken === undefined) {
      throw notCloneable("Only an ArrayBuffer that is not detached can be transferred");
    }
    setInMap(this.#clones, buffer, taken);
  }

  clone(value: unknown): unknown {
    if (typeof value === "symbol") throw notCloneable(`${String(value)} could not be cloned`);
    if (typeof value === "function") throw notCloneable("A function could not be cloned");
    if (typeof value !== "object" || value === null) return value;
    const known = getInMap(this.#clones, value) as object | undefined;
    if (known !== undefined) return known;
    switch (native.kindOf(value)) {
      case Kind.plain:
        return this.#plain(value);
      case Kind.array:
        return this.#array(value as readonly unknown[]);
      case Kind.date:
        return this.#keep(value, new Date(timeOf(value)));
      case Kind.regExp:
        return this.#keep(value, native.copyRegExp(value));
      case Kind.map:
        return this.#map(value);
      case Kind.set:
        return this.#set(value);
      case Kind.buffer:
        return this.#keep(value, copyOf(value));
      case Kind.view:
        return this.#view(value);
      case Kind.error:
        return this.#error(value);
      case Kind.wrapper:
        return this.#keep(value, new Object(primitiveOf(value)));
      default:
        throw notCloneable(`${describe(value)} could not be cloned`);
    }
  }

  #keep<Clone extends object>(value: object, clone: Clone): Clone {
    setInMap(this.#clones, value, clone);
    return clone;
  }

  #plain(value: object): object {
    const clone = this.#keep(value, {});
    this.#members(value, keys(value), clone);
    return clone;
  }

  #members(value: object, names: readonly string[], clone: object): void {
    for (const name of names) {
      // A getter may have taken it away.
      if (!hasOwn(value, name)) continue;
      define(clone, name, this.clone((value as Record<string, unknown>)[name]));
    }
  }

  #array(value: readonly unknown[]): object {
    const { length } = value;
    const clone = this.#keep(value, [] as unknown[]);
    // To the first hole; what has holes may be much longer than it has elements.
    let index = 0;
    for (; index < length && hasOwn(value, index); ++index) {
      define(clone, index, this.clone(value[index]));
    }
    if (index < length) {
      clone.length = length;
      this.#members(value, keys(value), clone);
    } else {
      this.#members(value, native.namedKeys(value), clone);
    }
    return clone;
  }

  #map(value: object): object {
    const clone = this.#keep(value, new Map<unknown, unknown>());
    // All of them first: cloning one may run code that changes the map.
    const entries: { readonly key: unknown; readonly of: unknown }[] = [];
    forEachInMap(value, (of: unknown, key: unknown) => {
      define(entries, entries.length, { key, of });
    });
    for (const { key, of } of entries) setInMap(clone, this.clone(key), this.clone(of));
    return clone;
  }

  #set(value: object): object {
    const clone = this.#keep(value, new Set<unknown>());
    const members: unknown[] = [];
    forEachInSet(value, (member: unknown) => {
      define(members, members.length, member);
    });
    for (const member of members) addToSet(clone, this.clone(member));
    return clone;
  }

  #view(value: object): object {
    const name = kindOfArray(value);
    const of = viewGetters[name === undefined ? 1 : 0];
    const buffer = of?.buffer(value) as object;
    if (of === undefined || native.isDetached(buffer)) throw detached();
    const clone = this.clone(buffer) as ArrayBuffer;
    const offset = of.byteOffset(value) as number;
    const made = arrayClasses.get(name);
    return this.#keep(
      value,
      made === undefined
        ? new DataView(clone, offset, of.byteLength(value) as number)
        : new made(clone, offset, lengthOfArray(value) as number),
    );
  }

  #error(value: object): object {
    if (isDOMException(value)) {
      const { message, name, stack } = value;
      const copy = this.#keep(value, new DOMException(message, name));
      defineHidden(copy, "stack", stack);
      return copy;
    }
    const { name, stack } = value as { readonly name: unknown; readonly stack: unknown };
    const clone = this.#keep(value, new (errors.get(name) ?? Error)());
    const message = getOwnPropertyDescriptor(value, "message");
    if (message !== undefined && "value" in message) {
      defineHidden(clone, "message", String(message.value));
    }
    if (typeof stack === "string") defineHidden(clone, "stack", stack);
    if (hasOwn(value, "cause")) {
      defineHidden(clone, "cause", this.clone((value as { readonly cause: unknown }).cause));
    }
    return clone;
  }
}

function copyOf(buffer: object): ArrayBuffer {
  if (native.isDetached(buffer)) throw detached();
  const copy = new ArrayBuffer(sizeOfBuffer(buffer) as number);
  new Uint8Array(copy).set(new Uint8Array(buffer as ArrayBuffer));
  return copy;
}

function primitiveOf(wrapper: object): unknown {
  for (const read of primitives) {
    try {
      return read(wrapper);
    } catch {
      // It wraps another kind.
    }
  }
  throw notCloneable(`${describe(wrapper)} could not be cloned`);
}

function detached(): DOMException {
  return notCloneable("A detached ArrayBuffer could not be cloned");
}

function notCloneable(message: string): DOMException {
  return new DOMException(message, "DataCloneError");
}

function describe(value: object): string {
  return Object.prototype.toString.call(value);
}

function define(object: object, name: PropertyKey, value: unknown): void {
  defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

function defineHidden(object: object, name: string, value: unknown): void {
  defineProperty(object, name, { value, writable: true, enumerable: false, configurable: true });
}
