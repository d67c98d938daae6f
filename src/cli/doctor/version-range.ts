/**
 * Whether a version is in a range of the one kind this package writes: versions with a caret, "||"
 * between them. What follows a version's three numbers is not looked at.
 */
export function isInRange(version: string, range: string): boolean {
  const numbers = numbersOf(version);
  return range.split("||").some((alternative) => {
    const [major = 0, ...least] = numbersOf(alternative);
    return numbers[0] === major && compare(numbers.slice(1), least) >= 0;
  });
}

function numbersOf(version: string): readonly number[] {
  const [, ...parts] = /(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [];
  return parts.map(Number);
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((number, index) => number !== other[index]);
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}
