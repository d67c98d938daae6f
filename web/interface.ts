type Class = (abstract new (...given: never) => unknown) & { readonly prototype: object };

/**
 * Makes a class look like one of the web's: what is on it is enumerable, and its instances say
 * their name.
 */
export function defineInterface(made: Class): void {
  Object.defineProperty(made.prototype, Symbol.toStringTag, {
    value: made.name,
    configurable: true,
  });
  makeEnumerable(made.prototype, ["constructor"]);
  makeEnumerable(made, ["length", "name", "prototype"]);
}

/** Gives a class constants, on itself and on its instances. */
export function defineConstants(made: Class, constants: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(constants)) {
    for (const object of [made, made.prototype]) {
      Object.defineProperty(object, name, { value, enumerable: true });
    }
  }
}

/** Throws as the web does where a function is given fewer arguments than it needs. */
export function requireArguments(name: string, given: number, needed: number): void {
  if (given >= needed) return;
  throw new TypeError(
    `${name} needs ${needed} argument${needed === 1 ? "" : "s"}, and was given ${given}`,
  );
}

/** An argument that is an object of options: undefined and null are none. */
export function toOptions<Options extends object>(name: string, given: unknown): Partial<Options> {
  if (given === undefined || given === null) return {};
  if (typeof given !== "object" && typeof given !== "function") {
    throw new TypeError(`${name} takes its options as an object`);
  }
  return given as Partial<Options>;
}

function makeEnumerable(object: object, except: readonly string[]): void {
  for (const name of Object.getOwnPropertyNames(object)) {
    if (!except.includes(name)) Object.defineProperty(object, name, { enumerable: true });
  }
}
