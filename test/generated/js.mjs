// Source text with drawn parts.
import fc from "fast-check";

/** Statements and expressions are as deep as they stand in each other. */
const depthIdentifier = fc.createDepthIdentifier();

/** @typedef {fc.Arbitrary<string>} Source */
/** @typedef {readonly [weight: number, source: Source]} Weighted */

/**
 * A source made of what stands there and, between, what is drawn.
 * @param {TemplateStringsArray} texts
 * @param {...Source} parts
 * @returns {Source}
 */
export function js(texts, ...parts) {
  return fc.tuple(...parts).map((drawn) => String.raw({ raw: texts }, ...drawn));
}

/**
 * One of these texts. The first is the simplest: where a failing program shrinks to.
 * @param {...string} texts
 * @returns {Source}
 */
export function one(...texts) {
  return fc.constantFrom(...texts);
}

/**
 * One of these sources, the first also where the nesting has become deep.
 * @param {...Weighted} sources
 * @returns {Source}
 */
export function oneOf(...sources) {
  return fc.oneof(
    { maxDepth: 6, depthSize: "small", depthIdentifier, withCrossShrink: true },
    ...sources.map(([weight, arbitrary]) => ({ weight, arbitrary })),
  );
}
