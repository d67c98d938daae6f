/** Ends a switch over a union: fails to compile where a member has been forgotten. */
export function assertNever(value: never): never {
  throw new TypeError(`Unexpected member of a union: ${JSON.stringify(value)}`);
}
