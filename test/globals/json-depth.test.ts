import { describe, expect, test } from "vitest";
import { openSession, runToTexts, textsOf } from "../support/cells.js";

/** The default, and the most that can be set. */
const jsonDepth = 1_000;

type Nest = (value: unknown, level: number) => unknown;

/** What the engine's JSON recurses over, on its quick ways and on its slow ones. */
const shapes: readonly (readonly [string, Nest])[] = [
  ["arrays", (value) => [value]],
  ["objects", (value) => ({ a: value })],
  ["arrays in objects", (value, level) => (level % 2 === 0 ? [value] : { a: value })],
  [
    "objects with getters",
    (value) => Object.defineProperty({}, "a", { get: () => value, enumerable: true }),
  ],
  [
    "objects of many keys",
    (value) =>
      Object.fromEntries(
        Array.from("abcdefghijklmnopqrstuvwxyz0", (key) => [key, key === "0" ? value : 1]),
      ),
  ],
  ["proxies", (value) => new Proxy({ a: value }, {})],
];

function nested(nest: Nest, depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = nest(value, level);
  return value;
}

/** The start of a cell that has such a value, its JSON, and a way to call something far down. */
function given(nest: Nest, depth = jsonDepth): string {
  return `
    const value = (${nested})(${nest}, ${depth}), json = JSON.stringify(value);
    const within = (frames, call) => (frames === 0 ? call() : within(frames - 1, call));
    const isSame = (other) => text(JSON.stringify(other) === json);`;
}

describe.each(shapes)("%s as deep as limits.jsonDepth can allow", (_what, nest) => {
  const tools = {
    echo: { execute: (input: unknown): unknown => input },
    make: { execute: (): unknown => nested(nest, jsonDepth) },
  };

  test("cross to a tool and back", async () => {
    const source = `${given(nest)}
      isSame(await tools.echo(value));
      isSame(await tools.make());
      isSame(await within(200, () => tools.echo(value)));`;
    expect(await runToTexts(source, { tools, limits: { jsonDepth } })).toEqual([
      "true",
      "true",
      "true",
    ]);
  });

  test("can be stored, and read by the next cell and the host", async () => {
    await using session = openSession({ limits: { jsonDepth } });
    const stored = await session.exec(`${given(nest)}
      within(200, () => store("k", value));
      isSame(load("k"));`);
    expect(textsOf(stored)).toEqual(["true"]);
    const read = await session.exec(`${given(nest)} isSame(load("k"));`);
    expect(textsOf(read)).toEqual(["true"]);
    const { k } = await session.storedValues();
    expect(JSON.stringify(k) === JSON.stringify(nested(nest, jsonDepth))).toBe(true);
  });

  test("are refused by name where they are one deeper", async () => {
    const source = `${given(nest, jsonDepth + 1)}
      for (const use of [() => tools.echo(value), () => store("k", value)]) {
        try { use(); } catch (e) { text(/limits\\.jsonDepth/.test(e.message)); }
      }`;
    expect(await runToTexts(source, { tools, limits: { jsonDepth } })).toEqual(["true", "true"]);
  });
});

test("a tool's result of a million levels rejects the call and leaves the host alive", async () => {
  const tools = { make: { execute: () => nested((value) => [value], 1_000_000) } };
  // The host's JSON gives up, or where it does not, the cell's limit holds.
  expect(
    await runToTexts("await tools.make().catch((error) => text(error.message))", { tools }),
  ).toEqual([expect.stringMatching(/JSON cannot carry|limits\.jsonDepth/)]);
});
