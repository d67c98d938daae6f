// Bytes read as values, each more hostile than the one before.
import { helperFunctions, helpers, mostActions } from "./helpers.js";
import { keys, numbers, words } from "./words.js";

/** Limits that keep one input short. */
const mostValues = 120;
const mostDepth = 6;

export class Values {
  #bytes;
  #at = 0;
  #values = [];
  #actions = 0;
  /** What is made next may be given a property of its own that holds an earlier value. */
  #depth = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  get done() {
    return this.#at >= this.#bytes.length;
  }

  byte() {
    return this.done ? 0 : this.#bytes[this.#at++];
  }

  below(bound) {
    return this.byte() % bound;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  string() {
    const length = this.below(16);
    switch (this.below(7)) {
      case 0:
        return String.fromCharCode(...Array.from({ length }, () => this.byte()));
      case 1:
        return String.fromCharCode(
          ...Array.from({ length }, () => this.byte() | (this.byte() << 8)),
        );
      case 2:
        return this.pick(words).repeat(this.byte());
      case 3:
        // A slice of a rope.
        return `${"x".repeat(40)}${this.pick(words)}${"y".repeat(40)}`.slice(this.below(60));
      case 4:
        return this.pick(words) + this.pick(words);
      case 5:
        return `data:${this.pick(words)},${this.pick(words)}`;
      default:
        return this.pick(words);
    }
  }

  key() {
    return this.below(4) === 0 ? this.string() : this.pick(keys);
  }

  /** A function that does something unexpected each time it is called. */
  action() {
    const kind = this.below(10);
    const value = this.value();
    const helper = helperFunctions[this.pick(helpers)];
    const key = this.key();
    const program = this;
    return function act(...given) {
      program.#actions += 1;
      if (program.#actions > mostActions) return undefined;
      switch (kind) {
        case 0:
          throw value;
        case 1:
          return helper?.(value);
        case 2:
          return helper?.(this, given[0]);
        case 3:
          if (this !== undefined && this !== globalThis) delete this[key];
          return value;
        case 4:
          if (Array.isArray(this)) this.length = 0;
          return value;
        case 5:
          if (Array.isArray(this)) this.push(value, value);
          return this;
        case 6:
          // Only ever the end of what was built: the next input gets a cell of its own.
          return key === "length" ? globalThis.exit?.() : value;
        case 7:
          return given[0];
        case 8:
          return act;
        default:
          return value;
      }
    };
  }

  list() {
    return Array.from({ length: this.below(6) }, () => this.value());
  }

  object() {
    const object = {};
    for (let count = this.below(6); count > 0; count -= 1) object[this.key()] = this.value();
    return object;
  }

  error() {
    const kinds = [Error, TypeError, SyntaxError, RangeError];
    const error = new (this.pick(kinds))(this.string(), { cause: this.value() });
    if (this.below(2) === 0) error[this.pick(["stack", "name", "message"])] = this.value();
    return error;
  }

  value() {
    if (this.done || this.#depth >= mostDepth || this.#values.length >= mostValues) {
      return this.#values[this.byte() % (this.#values.length || 1)];
    }
    this.#depth += 1;
    const value = this.#make();
    this.#depth -= 1;
    this.#values.push(value);
    return value;
  }

  #make() {
    switch (this.below(40)) {
      case 0:
        return undefined;
      case 1:
        return null;
      case 2:
        return this.below(2) === 0;
      case 3:
        return this.pick(numbers);
      case 4:
        return BigInt(this.byte()) ** BigInt(this.byte());
      case 5:
      case 6:
      case 7:
        return this.string();
      case 8:
        return Symbol(this.pick(words));
      case 9:
        return this.action();
      case 10:
      case 11:
        return this.list();
      case 12:
      case 13:
      case 14:
        return this.object();
      case 15:
        return new Map(this.list().map((value) => [value, this.value()]));
      case 16:
        return new Set(this.list());
      case 17:
      case 18:
        return this.error();
      case 19:
        return new AggregateError(this.list(), this.string());
      case 20:
        return new Proxy(this.object(), { get: this.action() });
      case 21:
        return new Proxy(this.list(), {
          ownKeys: this.action(),
          getOwnPropertyDescriptor: this.action(),
        });
      case 22:
        return Object.defineProperty(this.object(), this.key(), {
          get: this.action(),
          enumerable: true,
          configurable: true,
        });
      case 23:
        return { ...this.object(), toJSON: this.action() };
      case 24:
        return {
          toString: this.action(),
          valueOf: this.action(),
          [Symbol.toPrimitive]: undefined,
        };
      case 25:
        return new Date(this.pick(numbers));
      case 26:
        return new Uint8Array(this.byte());
      case 27:
        return Object.assign(Object.create(null), this.object());
      case 28:
        return this.#circular();
      case 29: {
        const { proxy, revoke } = Proxy.revocable(this.below(2) === 0 ? [] : {}, {});
        revoke();
        return proxy;
      }
      case 30:
        return new Object(this.pick([1, "text", true, 1n, Symbol.iterator]));
      case 31:
        return { [Symbol.iterator]: this.action() };
      case 32:
        return this.#iterable();
      case 33: {
        const list = this.list();
        list.length += this.byte();
        return list;
      }
      case 34:
        return Promise.resolve(this.value());
      case 35: {
        const rejected = Promise.reject(this.value());
        if (this.below(2) === 0) rejected.catch(() => {});
        return rejected;
      }
      case 36:
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about.
        return { then: this.action() };
      case 37:
        return globalThis.tools?.[this.string()];
      case 38:
        return Object.defineProperty(this.list(), "0", { get: this.action(), enumerable: true });
      default:
        return this.pick([globalThis.tools, globalThis.ALL_TOOLS, Math, /a+/g, new WeakMap()]);
    }
  }

  #circular() {
    const object = this.object();
    object[this.key()] = object;
    object[this.key()] = [object];
    return object;
  }

  #iterable() {
    const members = this.list();
    const next =
      this.below(3) === 0
        ? this.action()
        : () => ({ value: members.pop(), done: members.length === 0 });
    return { [Symbol.iterator]: () => ({ next, return: this.action() }) };
  }
}
