import { describe, expect, test } from "vitest";
import { completedOf, openSession, run, runToTexts } from "../support/cells.js";

const png = "data:image/png;base64,iVBORw0KGgo=";
const wav = "data:audio/wav;base64,AA==";
const image = (imageUrl: string, detail = "high"): object => ({ type: "image", imageUrl, detail });
const audio = (audioUrl: string): object => ({ type: "audio", audioUrl });
const text = (value: string): object => ({ type: "text", text: value });

async function outputOf(source: string, options = {}): Promise<readonly object[]> {
  return completedOf(await run(source, options)).output;
}

/** What each of these expressions throws. */
function thrownBy(...expressions: readonly string[]): Promise<readonly string[]> {
  const tries = expressions.map(
    (each) => `try { ${each}; text("nothing"); } catch (e) { text(String(e)); }`,
  );
  return runToTexts(tries.join("\n"));
}

describe("text", () => {
  test("gives what is no object as String() does, and functions and symbols as undefined", async () => {
    const source = `for (const value of ["s", "", undefined, null, true, -0, 1e21, NaN, 10n, () => 1, class {}, Symbol("x")]) text(value);`;
    expect(await runToTexts(source)).toEqual([
      ..."s,,undefined,null,true,0,1e+21,NaN,10,undefined,undefined,undefined".split(","),
    ]);
  });

  test("gives objects as JSON, and errors, maps and sets as themselves", async () => {
    const source = `
      text({ a: [1, , undefined], f() {}, d: new Date(0), toJSON: undefined });
      text({ toJSON() { return { from: "toJSON" }; } });
      text({ toJSON() {} });
      text([]);
      text(new Map([["k", { v: 1 }], [new Set(), 2]]));
      text(new Set([1, "two"]));
      text(new TypeError("oops"));
      text(Object.create(null));`;
    expect(await runToTexts(source)).toEqual([
      '{"a":[1,null,null],"d":"1970-01-01T00:00:00.000Z"}',
      '{"from":"toJSON"}',
      "undefined",
      "[]",
      '[["k",{"v":1}],[[],2]]',
      '[1,"two"]',
      expect.stringMatching(/^TypeError: oops\n {4}at exec_main\.mjs:8:12$/),
      "{}",
    ]);
  });

  test("throws what JSON throws", async () => {
    const source = [
      "text({ a: 1n })",
      "{ const a = []; a[0] = a; text(a); }",
      "text({ toJSON() { throw 'mine'; } })",
    ];
    expect(await thrownBy(...source)).toEqual([
      "TypeError: Do not know how to serialize a BigInt",
      expect.stringMatching(/^TypeError: Converting circular structure to JSON/),
      "mine",
    ]);
  });

  test("takes the first argument only and returns undefined", async () => {
    expect(await runToTexts('text(text("a", "b") === undefined)')).toEqual(["a", "true"]);
  });

  test("carries every character; a lone surrogate becomes U+FFFD", async () => {
    const all = "\0\u001b\u2028é漢😀";
    const source = `text(${JSON.stringify(all)}); text("a\\ud800b"); text("\\udc00"); text("\\ude00\\ud83d"); text({ s: "\\ud800" })`;
    expect(await runToTexts(source)).toEqual([
      all,
      "a\ufffdb",
      "\ufffd",
      "\ufffd\ufffd",
      '{"s":"\\ud800"}',
    ]);
  });

  test("ten thousand items stay apart and in order", async () => {
    const texts = await runToTexts("for (let i = 0; i < 10_000; i++) text(i);");
    expect(texts).toEqual(Array.from({ length: 10_000 }, (_, i) => String(i)));
  });

  test("a text of many megabytes arrives whole, in either width", async () => {
    const [narrow, wide] = await runToTexts('text("x".repeat(8e6)); text("漢".repeat(4e6));');
    expect(narrow === "x".repeat(8e6)).toBe(true);
    expect(wide === "漢".repeat(4e6)).toBe(true);
  });
});

describe("image and audio", () => {
  test("take URLs, objects and MCP blocks", async () => {
    const source = `
      image("${png}");
      image("${png}", "LOW");
      image({ image_url: "${png}", detail: "original" });
      image({ image_url: "${png}", detail: "original" }, "auto");
      image({ type: "image", data: "AA==", mimeType: "image/gif", _meta: { "codex/imageDetail": "low" } });
      audio("${wav}");
      audio({ audio_url: "${wav}" });
      audio({ type: "audio", data: "AA==" });`;
    expect(await outputOf(source)).toEqual([
      image(png),
      image(png, "low"),
      image(png, "original"),
      image(png, "auto"),
      image("data:image/gif;base64,AA==", "low"),
      audio(wav),
      audio(wav),
      audio("data:application/octet-stream;base64,AA=="),
    ]);
  });

  test("refuse remote URLs unless the host allows remote images", async () => {
    const remote = "https://x.test/a.png";
    const [refusal] = await thrownBy(`image("${remote}")`);
    expect(refusal).toMatch(/^TypeError: .*remote image URLs are not supported/);
    const allowed = await outputOf(`image("${remote}"); image({ image_url: "http://x.test/" });`, {
      remoteImages: true,
    });
    expect(allowed).toEqual([image(remote), image("http://x.test/")]);
    const [refused] = await thrownBy('image("file:///etc/passwd")');
    expect(refused).toMatch(/^TypeError: .*invalid image output/);
  });

  test("pass on what a getter throws", async () => {
    expect(await thrownBy('image({ get image_url() { throw new RangeError("mine"); } })')).toEqual([
      "RangeError: mine",
    ]);
  });
});

describe("content and generatedImage", () => {
  test("content takes one MCP block or an iterable of them", async () => {
    const source = `
      content({ type: "text", text: "one" });
      content(new Set([{ type: "image", data: "AA==", mimeType: "image/png" }, { type: "audio", data: "AA==", mimeType: "audio/wav" }]));
      content([{ type: "resource_link", uri: "file:///a", name: "a" }]);
      content([]);`;
    expect(await outputOf(source)).toEqual([
      text("one"),
      image("data:image/png;base64,AA=="),
      audio(wav),
      text('{"type":"resource_link","uri":"file:///a","name":"a"}'),
    ]);
  });

  test("content refuses anything else, and keeps what came before it", async () => {
    expect(
      await thrownBy(
        'content([{ type: "text", text: "kept" }, { type: "video" }])',
        "content(5)",
        "content()",
      ),
    ).toEqual([
      "kept",
      expect.stringMatching(/^TypeError: content expects an MCP content block/),
      expect.stringMatching(/^TypeError: content expects .* got number$/),
      expect.stringMatching(/^TypeError: content expects .* got undefined$/),
    ]);
  });

  test("generatedImage gives the image and its hint", async () => {
    const source = `generatedImage({ image_url: "${png}", output_hint: "saved" });`;
    expect(await outputOf(source)).toEqual([image(png), text("saved")]);
  });
});

describe("notify", () => {
  test("reaches the host at once, in order with tool calls, and is no output", async () => {
    const seen: string[] = [];
    const tools = { call: { execute: (input: unknown) => void seen.push(`call ${input}`) } };
    await using session = openSession({ tools, onNotify: (note) => void seen.push(note.text) });
    const source = `notify("a"); const one = tools.call(1); notify({ b: 1 }); const two = tools.call(2); notify(null); await one; await two;`;
    expect(completedOf(await session.exec(source)).output).toEqual([]);
    expect(seen).toEqual(["a", "call 1", '{"b":1}', "call 2", "null"]);
  });

  test("refuses blank text", async () => {
    const refusal = "TypeError: notify expects non-empty text";
    expect(await thrownBy('notify("")', 'notify(" \\n\\t\\u00a0\\u2003")')).toEqual([
      refusal,
      refusal,
    ]);
  });
});
