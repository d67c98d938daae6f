/** Characters of a pattern that are looked at. */
const maxPatternLength = 1_000;
/** Parts that may match or not; each more may double the steps. */
const maxOptional = 6;

/**
 * With which power of a text's length the steps grow that a regular expression takes at worst;
 * Infinity where it may take exponentially many, or is too long to tell.
 */
export function patternDegree(pattern: string): number {
  // A reference back makes every choice before it count.
  if (pattern.length > maxPatternLength || /\\[1-9k]/.test(pattern)) return Infinity;
  // Escapes and classes are one character each, and a character a fixed number of times is one.
  const plain = pattern
    .replace(/\\[\s\S]/g, "a")
    .replace(/\[[^\]]*\]/g, "a")
    .replace(/\(\?(?:[:=!]|<[=!]|<[^>]*>)/g, "(")
    .replace(/([^)])\{\d+\}/g, "$1");
  // What is repeated as a group may be taken apart in many ways.
  if (/\)[*+{]/.test(plain)) return Infinity;
  const choices = plain.match(/[^*+?}]\?|\([^()]*\|/g)?.length ?? 0;
  if (choices > maxOptional) return Infinity;
  const repetitions = plain.match(/[*+]|\{\d*,\d*\}/g)?.length ?? 0;
  // One more where a match may begin anywhere.
  const isAnchored = plain.startsWith("^") && !plain.includes("|");
  return Math.max(1, repetitions + (isAnchored ? 0 : 1));
}
