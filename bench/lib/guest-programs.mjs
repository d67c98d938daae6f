// What a processor is kept busy with: each a function without anything from outside, so that the same
// source runs in a cell, in plain Node, and in other sandboxes. Each takes how often, and returns a number
// that says that it did the work.

/** Numbers in typed arrays: the planets' orbits, much reduced. */
function floats(times) {
  const x = /** @type {any} */ (new Float64Array(64));
  const v = /** @type {any} */ (new Float64Array(64));
  for (let i = 0; i < 64; i++) x[i] = Math.sin(i) * 10;
  for (let step = 0; step < times; step++) {
    for (let i = 0; i < 64; i++) {
      let force = 0;
      for (let j = 0; j < 64; j++) {
        const d = x[j] - x[i];
        force += d / (d * d + 1);
      }
      v[i] += force * 0.001;
    }
    for (let i = 0; i < 64; i++) x[i] += v[i] * 0.001;
  }
  return Math.round(x[7] * 1e6);
}

/** Objects, closures, sorting, maps: what programs over records do. */
function records(times) {
  let sum = 0;
  for (let run = 0; run < times; run++) {
    const rows = Array.from({ length: 1000 }, (_, i) => ({
      id: (i * 7919) % 1000,
      group: `g${i % 13}`,
      amount: (i * 31) % 97,
    }));
    const groups = new Map();
    for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
    for (const group of groups.values()) {
      group.sort((a, b) => a.amount - b.amount || a.id - b.id);
      sum += group.filter((row) => row.id % 2 === 0).reduce((all, row) => all + row.amount, 0);
    }
  }
  return sum;
}

/** Texts: building, splitting, matching. */
function texts(times) {
  let sum = 0;
  for (let run = 0; run < times; run++) {
    const lines = Array.from({ length: 300 }, (_, i) => `${i},name ${i % 17},${i * 3.5}`);
    for (const line of lines.join("\n").split("\n")) {
      const [, name = "", amount = ""] = /^\d+,(.+),([\d.]+)$/.exec(line) ?? [];
      sum += name.toUpperCase().length + Math.round(Number(amount));
    }
  }
  return sum;
}

/** JSON, there and back. */
function json(times) {
  const value = Array.from({ length: 200 }, (_, i) => ({
    id: i,
    name: `item ${i}`,
    tags: ["a", "b"],
    nested: { on: i % 2 === 0, rate: i / 3 },
  }));
  let sum = 0;
  for (let run = 0; run < times; run++) sum += JSON.parse(JSON.stringify(value)).length;
  return sum;
}

/** Promises that are settled at once, awaited in turn and together. */
async function promises(times) {
  const next = async (n) => n + 1;
  let sum = 0;
  for (let run = 0; run < times; run++) {
    for (let i = 0; i < 100; i++) sum = await next(sum);
    await Promise.all(Array.from({ length: 100 }, (_, i) => next(i)));
  }
  return sum;
}

/** By name: the function and how often it takes a tenth of a second or more on a usual machine. */
export const guestPrograms = {
  floats: { run: floats, times: 16_000 },
  records: { run: records, times: 250 },
  texts: { run: texts, times: 1500 },
  json: { run: json, times: 600 },
  promises: { run: promises, times: 6000 },
};

/**
 * The same function as an expression, for where it cannot be handed over.
 * @param {(times: number) => unknown} run
 */
export function sourceOf(run) {
  return `(${run})`;
}
