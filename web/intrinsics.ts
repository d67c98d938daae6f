/** A method as a function of the object that it is called on. */
export function methodOf<Given extends readonly unknown[], Returned>(
  method: (...given: Given) => Returned,
): (object: object, ...given: Given) => Returned {
  return Function.prototype.call.bind(method);
}

/** The getter of a property as a function of the object that has it. */
export function getterOf(prototype: object, name: PropertyKey): (object: object) => unknown {
  const getter = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  if (getter === undefined) throw new TypeError(`There is no getter of ${String(name)}`);
  return methodOf(getter);
}
