import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cellErrorText } from "../../src/cli/cell-error-text.js";
import { formatBytes, formatDuration, jsonText, oneLine, visible } from "../../src/cli/format.js";
import { imageSize } from "../../src/cli/image-size.js";
import { describeMedia, saveMedia } from "../../src/cli/media.js";
import type { CellError } from "../../src/protocol/outcome.js";

const plain = (text: string): string => text;
const style = { bold: plain, dim: plain, red: plain, green: plain, yellow: plain, cyan: plain };

test("times and sizes are written as people read them", () => {
  expect([0.2, 12.4, 999.4, 999.6, 1_234, 99_994, 100_000].map(formatDuration)).toEqual([
    "0 ms",
    "12 ms",
    "999 ms",
    "1.00 s",
    "1.23 s",
    "99.99 s",
    "100 s",
  ]);
  expect([0, 1, 999, 1_000, 1_234_567].map(formatBytes)).toEqual([
    "0 bytes",
    "1 byte",
    "999 bytes",
    "1.0 kB",
    "1.2 MB",
  ]);
});

test("control characters and marks that turn the direction are made visible, line ends and tabs stay", () => {
  expect(visible("a\u202eb\u2066c\u2069")).toBe("a\\u202eb\\u2066c\\u2069");
  expect(jsonText("\u202e\u009b")).toBe('"\\u202e\\u009b"\n');
  expect(visible("a\u001b]0;title\u0007\tb\r\nc\u009b")).toBe("a\\x1b]0;title\\x07\tb\nc\\x9b");
  expect(oneLine("  a\n\tb  ", 10)).toBe("a b");
  expect(oneLine("abcdefghijk", 10)).toBe("abcdefghi…");
});

test("the sizes of PNG, GIF and JPEG images are read from their heads", () => {
  const png = Buffer.alloc(24);
  png.write("\u0089PNG", 0, "latin1");
  png.writeUInt32BE(640, 16);
  png.writeUInt32BE(480, 20);
  expect(imageSize(png)).toEqual({ width: 640, height: 480 });
  expect(imageSize(Buffer.from("GIF89a\u0005\u0000\u0007\u0000", "latin1"))).toEqual({
    width: 5,
    height: 7,
  });
  const jpeg = "ffd8 ffe0 0004 4a46 ffc4 0003 00 ffc2 0011 08 0010 0020 03";
  expect(imageSize(Buffer.from(jpeg.replaceAll(" ", ""), "hex"))).toEqual({
    width: 32,
    height: 16,
  });
  for (const broken of ["", "ffd8", "ffd8ffc0", "89504e47", "ffd8ff00ffff00000000000000"]) {
    expect(imageSize(Buffer.from(broken, "hex"))).toBeUndefined();
  }
});

test("media are described by type and size, and saved under the type's extension", () => {
  const directory = mkdtempSync(join(tmpdir(), "codecell-media-"));
  try {
    const audio = { type: "audio", audioUrl: "data:audio/mpeg;base64,AAAA" } as const;
    expect(describeMedia(audio)).toBe("audio/mpeg, 3 bytes");
    expect(saveMedia(audio, directory, "a")).toBe(join(directory, "a.mp3"));
    const svg = {
      type: "image",
      imageUrl: "data:image/svg+xml,%3Csvg/%3E",
      detail: "high",
    } as const;
    expect(describeMedia(svg)).toBe("image/svg+xml, 6 bytes");
    expect(saveMedia(svg, directory, "b")).toBe(join(directory, "b.svg"));
    const odd = { ...svg, imageUrl: "data:image/../../x;base64,AAAA" };
    expect(saveMedia(odd, directory, "c")).toBe(join(directory, "c.bin"));
    const remote = { ...svg, imageUrl: "https://example.com/a.png" };
    expect(describeMedia(remote)).toBe("image at https://example.com/a.png");
    expect(saveMedia(remote, directory, "d")).toBeUndefined();
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("media are not written through links of their names, nor into pipes", () => {
  const directory = mkdtempSync(join(tmpdir(), "codecell-media-"));
  try {
    const audio = { type: "audio", audioUrl: "data:audio/mpeg;base64,AAAA" } as const;
    const target = join(directory, "target");
    writeFileSync(target, "kept");
    symlinkSync(target, join(directory, "a.mp3"));
    expect(() => saveMedia(audio, directory, "a")).toThrow(
      "a.mp3 is a symbolic link, and codecell does not write through links; remove it",
    );
    expect(readFileSync(target, "utf8")).toBe("kept");
    execFileSync("mkfifo", [join(directory, "b.mp3")]);
    expect(() => saveMedia(audio, directory, "b")).toThrow("b.mp3 is not a file; remove it");
    writeFileSync(join(directory, "c.mp3"), "longer than before");
    saveMedia(audio, directory, "c");
    expect(readFileSync(join(directory, "c.mp3"))).toEqual(Buffer.alloc(3));
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("of a long source line the part around the column is shown, the caret below it", () => {
  const sourceLine = `${"x".repeat(300)}!${"y".repeat(300)}`;
  const error: CellError = {
    code: "ERR_CELL_SCRIPT",
    name: "Error",
    message: "no",
    text: "Error: no\n    at exec_main.mjs:7:301",
    position: { line: 7, column: 301, sourceLine },
  };
  const [headline, place, source = "", caret = "", frame] = cellErrorText(
    error,
    "a.js",
    style,
  ).split("\n");
  expect([headline, place, frame]).toEqual([
    "Error: no",
    "  ╷ a.js:7:301",
    "    at exec_main.mjs:7:301",
  ]);
  expect(source.length).toBeLessThan(110);
  expect(caret.indexOf("^")).toBe(source.indexOf("!"));
});
