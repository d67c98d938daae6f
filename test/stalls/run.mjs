// Sends inputs through every door of the host and prints for how long its event loop stood still, in
// processor time of its thread, and the heap and the pace of the host (pace.mjs). Exit code 1 where it
// stood still for too long at that pace, or the host ends by the input.
//
//   node test/stalls/run.mjs [--door DOOR] [--only NAME] [--count N] [--seed S] [--every N] [--first N]
//     --count: inputs of each door made from seeds, besides the written ones; 0
//     --seed: the first seed; 1
//     --every: only each Nth input, from the one at --first (0) on
import { parseArgs } from "node:util";
import { doors, writtenInputs } from "./inputs.mjs";
import { sendThrough } from "./send.mjs";

/** The event loop may stand still for this long, on a machine of the reference's pace (pace.mjs). */
const maxStallMs = 250;

const { values: options } = parseArgs({
  options: {
    door: { type: "string", multiple: true, default: [...doors] },
    only: { type: "string" },
    count: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    every: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
  },
});

const unknown = options.door.find((door) => !doors.includes(/** @type {any} */ (door)));
if (unknown !== undefined)
  throw new Error(`There is no door ${unknown}. The doors are ${doors.join(", ")}.`);

const inputs = options.door.flatMap((/** @type {any} */ door) => [
  ...writtenInputs(door).map(({ name }) => ({ door, name })),
  ...Array.from({ length: Number(options.count) }, (_, i) => ({
    door,
    name: `seed ${Number(options.seed) + i}`,
  })),
]);
const chosen = inputs
  .filter(({ name }) => options.only === undefined || name.includes(options.only))
  .filter((_, i) => i % Number(options.every) === Number(options.first));

let failed = 0;
for (const { door, name } of chosen) {
  const { worstMs, heapMiB, pace, problem } = await sendThrough(door, name);
  const wrong = problem ?? (worstMs > maxStallMs * pace ? "too long" : undefined);
  if (wrong !== undefined) failed += 1;
  const facts =
    problem === undefined
      ? `${String(Math.round(worstMs)).padStart(5)} ms ${String(Math.round(heapMiB)).padStart(4)} MiB ${pace.toFixed(1)}x`
      : " ".repeat(22);
  console.log(`${facts}  ${door}: ${name}${wrong === undefined ? "" : `  ← ${wrong}`}`);
}
console.log(`${chosen.length} inputs, ${failed} of them wrong`);
if (failed > 0) {
  console.log(
    "To see one alone: node test/stalls/run.mjs --door DOOR --only NAME; of a seed: --count 1 --seed N --only seed",
  );
  process.exitCode = 1;
}
