// Every attack, by group.
import { boundaryEngine } from "./boundary-engine.mjs";
import { boundaryEscapes } from "./boundary-escapes.mjs";
import { boundaryHelpers } from "./boundary-helpers.mjs";
import { boundaryHost } from "./boundary-host.mjs";
import { boundaryPrototypes } from "./boundary-prototypes.mjs";
import { boundaryWeb } from "./boundary-web.mjs";
import { cpu } from "./cpu.mjs";
import { errors } from "./errors.mjs";
import { exit } from "./exit.mjs";
import { lenient } from "./lenient.mjs";
import { memoryAtOnce } from "./memory-at-once.mjs";
import { memoryBesideTheHeap } from "./memory-beside-the-heap.mjs";
import { memoryHeap } from "./memory-heap.mjs";
import { memoryOfTexts } from "./memory-of-texts.mjs";
import { memoryOfWeb } from "./memory-of-web.mjs";
import { modules } from "./modules.mjs";
import { output } from "./output.mjs";
import { terminationByExit } from "./termination-by-exit.mjs";
import { terminationQueue } from "./termination-queue.mjs";
import { terminationStops } from "./termination-stops.mjs";
import { terminationUninterruptible } from "./termination-uninterruptible.mjs";
import { tools } from "./tools.mjs";
import { values } from "./values.mjs";

/** @type {Readonly<Record<string, readonly import("../attack.mjs").Attack[]>>} */
export const attacksByGroup = Object.freeze({
  memory: [
    ...memoryHeap,
    ...memoryAtOnce,
    ...memoryBesideTheHeap,
    ...memoryOfTexts,
    ...memoryOfWeb,
  ],
  cpu,
  termination: [
    ...terminationStops,
    ...terminationByExit,
    ...terminationUninterruptible,
    ...terminationQueue,
  ],
  boundary: [
    ...boundaryEscapes,
    ...boundaryHelpers,
    ...boundaryPrototypes,
    ...boundaryEngine,
    ...boundaryWeb,
    ...boundaryHost,
  ],
  output,
  tools,
  values,
  modules,
  lenient,
  errors,
  exit,
});

/** @param {string} name */
export function attackNamed(name) {
  const found = Object.values(attacksByGroup)
    .flat()
    .find((attack) => attack.name === name);
  if (found === undefined) throw new Error(`There is no attack named ${name}.`);
  return found;
}
