// A source file that contains its mutants, each behind a switch.

/** @typedef {import("./find-mutants.mjs").Mutant} Mutant */

/**
 * The source with all its mutants: `isMutant(n)` of switch.mjs says which is on.
 * @param {string} code - Without types.
 * @param {readonly Mutant[]} mutants
 * @param {number} first - The number of the first of them.
 * @param {string} switchPath - How the file imports switch.mjs.
 */
export function instrument(code, mutants, first, switchPath) {
  let written = "";
  let done = 0;
  for (const { at, text } of insertionsOf(placesOf(mutants, first))) {
    written += code.slice(done, at) + text;
    done = at;
  }
  written += code.slice(done);
  const bodyStart = written.startsWith("#!") ? written.indexOf("\n") + 1 : 0;
  const header = `import { isMutant as $isMutant } from ${JSON.stringify(switchPath)}; `;
  return written.slice(0, bodyStart) + header + written.slice(bodyStart);
}

/**
 * A statement or an expression, and what stands around it in the written file.
 *
 * @typedef {object} Place
 * @property {number} start
 * @property {number} end
 * @property {string} before
 * @property {string} after
 */

/**
 * @param {readonly Mutant[]} mutants
 * @param {number} first
 */
function placesOf(mutants, first) {
  /** @type {Map<string, Place>} */
  const places = new Map();
  for (const [i, { start, end, text }] of mutants.entries()) {
    const isOn = `$isMutant(${first + i})`;
    if (text === undefined) {
      places.set(`statement ${start}`, { start, end, before: `{if(!${isOn}){`, after: "}}" });
      continue;
    }
    const key = `${start} ${end}`;
    const place = places.get(key) ?? { start, end, before: "(", after: "))" };
    places.set(key, { ...place, before: `${place.before}${isOn}?(${text}):` });
  }
  return [...places.values()].map((place) =>
    place.after === "))" ? { ...place, before: `${place.before}(` } : place,
  );
}

/** @param {readonly Place[]} places */
function insertionsOf(places) {
  // Of two places that begin together the longer one is outside; of two that end together, too.
  const opening = [...places].sort((a, b) => a.start - b.start || b.end - a.end);
  const closing = [...places].sort((a, b) => a.end - b.end || b.start - a.start);
  return [
    // A stable sort leaves what closes before what opens at the same character.
    ...closing.map(({ end, after }) => ({ at: end, text: after })),
    ...opening.map(({ start, before }) => ({ at: start, text: before })),
  ].sort((a, b) => a.at - b.at);
}
