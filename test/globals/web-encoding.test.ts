import fc from "fast-check";
import { expect, test } from "vitest";
import { openSession, runToTexts, textsOf } from "../support/cells.js";

/** Runs a source for each of many samples in one cell, and gives what it has handed out. */
async function forEach(samples: readonly unknown[], body: string): Promise<readonly unknown[]> {
  await using session = openSession();
  const source = `for (const sample of ${JSON.stringify(samples)}) { ${body} }`;
  return textsOf(await session.exec(source)).map((json) => JSON.parse(json));
}

const strings = fc.sample(
  fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    maxLength: 40,
  }),
  { numRuns: 300, seed: 2 },
);

/** Bytes that are often parts of characters of UTF-8. */
const byte = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(
    0x00,
    0x41,
    0x7f,
    0x80,
    0xbf,
    0xc0,
    0xc2,
    0xe0,
    0xa0,
    0xed,
    0x9f,
    0xef,
    0xbb,
    0xf0,
    0x90,
    0xf4,
    0x8f,
    0xff,
    0xfe,
    0xd8,
    0xdc,
  ),
);
const byteLists = fc.sample(fc.array(byte, { maxLength: 24 }), { numRuns: 600, seed: 3 });

const encodings = ["utf-8", "utf-16le"];

test("texts are encoded as Node encodes them, lone surrogates as U+FFFD", async () => {
  const got = await forEach(
    strings,
    `
    const encoder = new TextEncoder();
    const into = new Uint8Array(20);
    const { read, written } = encoder.encodeInto(sample, into);
    text(JSON.stringify([[...encoder.encode(sample)], read, written, [...into]]));`,
  );
  const encoder = new TextEncoder();
  expect(got).toEqual(
    strings.map((sample) => {
      const into = new Uint8Array(20);
      const { read, written } = encoder.encodeInto(sample, into);
      return [[...encoder.encode(sample)], read, written, [...into]];
    }),
  );
});

test.each(encodings)(
  "%s is decoded as Node decodes it, well-formed or not, fatal or not",
  async (encoding) => {
    const decodeAll = (bytes: readonly number[]): readonly unknown[] =>
      [{}, { fatal: true }, { ignoreBOM: true }].map((options) => {
        try {
          return new TextDecoder(encoding, options).decode(Uint8Array.from(bytes));
        } catch (error) {
          return (error as Error).name;
        }
      });
    const got = await forEach(
      byteLists,
      `
    text(JSON.stringify([{}, { fatal: true }, { ignoreBOM: true }].map((options) => {
      try {
        return new TextDecoder("${encoding}", options).decode(Uint8Array.from(sample));
      } catch (error) {
        return error.name;
      }
    })));`,
    );
    expect(got).toEqual(byteLists.map(decodeAll));
  },
);

test.each([...encodings, "utf-16be", "latin1"])(
  "%s in parts is what it is in one",
  async (encoding) => {
    const got = await forEach(
      byteLists,
      `
    const whole = new TextDecoder("${encoding}").decode(Uint8Array.from(sample));
    const decoder = new TextDecoder("${encoding}");
    const parts = sample.map((byte) => decoder.decode(Uint8Array.of(byte), { stream: true }));
    text(parts.join("") + decoder.decode() === whole);`,
    );
    expect(new Set(got)).toEqual(new Set([true]));
  },
);

test("a decoder that has met malformed bytes begins anew", async () => {
  const source = `
    const decoder = new TextDecoder("utf-8", { fatal: true });
    try { decoder.decode(Uint8Array.of(0xe2, 0x82), { stream: true }); decoder.decode(Uint8Array.of(0x41), { stream: true }); } catch (error) { text(error.name); }
    text(decoder.decode(Uint8Array.of(0x41)));
    text([decoder.encoding, decoder.fatal, decoder.ignoreBOM]);`;
  expect(await runToTexts(source)).toEqual(["TypeError", "A", '["utf-8",true,false]']);
});

test("the labels of an encoding lead to it, and those of others are refused with the list", async () => {
  const source = `
    text([" UTF8\\n", "latin1", "ascii", "utf-16", "unicodefffe"].map((label) => new TextDecoder(label).encoding));
    text(new TextDecoder("latin1").decode(Uint8Array.of(0x80, 0xe9, 0x9f)));
    text(new TextDecoder("utf-16be").decode(Uint8Array.of(0xd8, 0x3d, 0xde, 0x00)));
    for (const label of ["shift_jis", "", "\\u00a0utf8"]) {
      try { new TextDecoder(label); } catch (error) { text(String(error)); }
    }`;
  const [labels, latin1, smile, ...refused] = await runToTexts(source);
  expect([labels, latin1, smile]).toEqual([
    '["utf-8","windows-1252","windows-1252","utf-16le","utf-16be"]',
    "€éŸ",
    "😀",
  ]);
  expect(refused[0]).toBe(
    'RangeError: TextDecoder: "shift_jis" is no encoding of cells, which have utf-8, utf-16le, utf-16be, windows-1252',
  );
  expect(refused).toHaveLength(3);
});

test("what can be decoded are buffers and views, the part that a view shows", async () => {
  const source = `
    const { buffer } = new TextEncoder().encode("abcdef");
    const decoder = new TextDecoder();
    text([decoder.decode(buffer), decoder.decode(new DataView(buffer, 1, 2)), decoder.decode(new Uint16Array(buffer, 2, 1)), decoder.decode()]);
    structuredClone(buffer, { transfer: [buffer] });
    text(JSON.stringify(decoder.decode(buffer)));
    for (const wrong of ["abc", 5, null, [97], {}]) {
      try { decoder.decode(wrong); text("decoded"); } catch (error) { text(error.name); }
    }`;
  expect(await runToTexts(source)).toEqual([
    '["abcdef","bc","cd",""]',
    '""',
    ...Array.from({ length: 5 }, () => "TypeError"),
  ]);
});

test("atob and btoa do for any text what Node's do", async () => {
  const characters = fc.constantFrom(..."ABab01+/=", " ", "\n", "\f", "-", "_", "é", "€");
  const texts = fc.sample(fc.string({ unit: characters, maxLength: 12 }), {
    numRuns: 600,
    seed: 4,
  });
  const attempt = (convert: (text: string) => string, text: string): string => {
    try {
      return convert(text);
    } catch (error) {
      return `${(error as DOMException).name} ${(error as DOMException).code}`;
    }
  };
  const got = await forEach(
    texts,
    `
    text(JSON.stringify([atob, btoa].map((convert) => {
      try { return convert(sample); } catch (error) { return error.name + " " + error.code; }
    })));`,
  );
  expect(got).toEqual(texts.map((sample) => [attempt(atob, sample), attempt(btoa, sample)]));
});

test("the memory of encoded texts counts for the cell's, and is given back", async () => {
  const limits = { arrayBufferBytes: 1_000_000 };
  const source = `
    const encoder = new TextEncoder();
    const text1 = "x".repeat(400_000);
    for (let i = 0; i < 200; ++i) encoder.encode(text1);
    const kept = [];
    try { for (;;) kept.push(encoder.encode(text1)); } catch (error) { text(String(error)); }
    text(kept.length);`;
  expect(await runToTexts(source, { limits })).toEqual([
    "RangeError: Array buffer allocation failed",
    "2",
  ]);
});
