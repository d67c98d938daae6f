/** What modules of core-js say about what they make. */
interface Target {
  readonly target?: string;
  readonly global?: boolean;
  readonly stat?: boolean;
}

/** What has been made, by its path from the global object, such as `Set.prototype.union`. */
export const made: Record<string, unknown> = {};

/** Stands where modules of core-js would change the globals. */
export function collect({ target = "", global, stat }: Target, source: object): void {
  for (const [name, value] of Object.entries(source)) {
    const prefix = stat ? `${target}.` : `${target}.prototype.`;
    if (typeof value === "function") nameFunction(value, name);
    made[global ? name : prefix + name] = value;
  }
}

/** An engine without Iterator gets all of it at once. */
export function completeIterator(): void {
  const { Iterator } = made;
  if (typeof Iterator !== "function") return;
  for (const name of ["concat", "from"]) {
    Object.defineProperty(Iterator, name, {
      value: made[`Iterator.${name}`],
      writable: true,
      configurable: true,
    });
  }
}

function nameFunction(made: object, value: string): void {
  Object.defineProperty(made, "name", { value, configurable: true });
}
