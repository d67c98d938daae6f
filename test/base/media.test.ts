import { describe, expect, test } from "vitest";
import { readDataUrl } from "../../src/base/data-url.js";
import { mediaTypeBytes, mediaTypeOf } from "../../src/base/media-type.js";

describe("a data: URL holds", () => {
  test.each<[string, string, string]>([
    ["data:image/PNG;base64,aGk=", "image/png", "hi"],
    ["DATA:text/html;charset=utf-8; BASE64,aGk=", "text/html", "hi"],
    ["data:,a%20b,c", "text/plain", "a b,c"],
    ["data:;base64,aGk=", "text/plain", "hi"],
    ["data:text/css;x=base64,aGk=", "text/css", "aGk="],
    ["data:text/css,100%", "text/css", "100%"],
    ["data:text/plain,%C3%A9", "text/plain", "é"],
  ])("%s", (url, mimeType, text) => {
    const data = readDataUrl(url);
    expect([data?.mimeType, data?.bytes.toString()]).toEqual([mimeType, text]);
  });

  test.each(["data:text/plain", "https://example.org/,", "xdata:,a", ""])(
    "nothing where it is none: %j",
    (url) => {
      expect(readDataUrl(url)).toBeUndefined();
    },
  );
});

describe("bytes are of a kind of file by how they begin:", () => {
  test.each<[string, string | undefined]>([
    ["\x89PNG\r\n\x1a\n", "image/png"],
    ["\xff\xd8\xff\xe0", "image/jpeg"],
    ["GIF89a", "image/gif"],
    ["RIFF\0\0\0\0WEBP", "image/webp"],
    ["BM\x01\x02\x03\x04\0\0\0\0", "image/bmp"],
    ["II*\0", "image/tiff"],
    ["MM\0*", "image/tiff"],
    ["\0\0\0\x1cftypavif", "image/avif"],
    ["\0\0\0\x1cftypheic", "image/heic"],
    ["\0\0\0\x1cftyphevc", "image/heic"],
    ["\0\0\0\x1cftypmif1", "image/heif"],
    ["RIFF\0\0\0\0WAVE", "audio/wav"],
    ["ID3\x04", "audio/mpeg"],
    ["OggS", "audio/ogg"],
    ["fLaC", "audio/flac"],
    ["\0\0\0\x1cftypM4A ", "audio/mp4"],
    ["\x1a\x45\xdf\xa3", "audio/webm"],
    ["FORM\0\0\0\0AIFF", "audio/aiff"],
    ["\xff\xfb\x90\x44", "audio/mpeg"],
    ["\xff\xf1\x50", "audio/aac"],
    ["\xff\xf9\x50", "audio/aac"],
    ["<svg>", "image/svg+xml"],
    ["\xef\xbb\xbf \n<svg>", "image/svg+xml"],
    ['<?xml version="1.0"?><svg>', "image/svg+xml"],
    ["<!-- a --><svg>", "image/svg+xml"],
    [`<!--${" ".repeat(mediaTypeBytes)}--><svg>`, undefined],
    ["<p><svg>", undefined],
    ["<\xef\xbb\xbfsvg>", undefined],
    ["<?xml?><p>", undefined],
    ["RIFF\0\0\0\0AVI ", undefined],
    ["BM is a text", undefined],
    ["xGIF8", undefined],
    // No frames of MPEG audio: no version, no layer, no bit rate, and bits that are not set.
    ["\xff\xeb\x90", undefined],
    ["\xff\xfb\xf0", undefined],
    ["\xff\xe0\x90", undefined],
    ["\xff\x7b\x90", undefined],
    ["\xfe\xfb\x90", undefined],
    ["\xff\xfb", undefined],
    ["", undefined],
  ])("%j", (bytes, type) => {
    expect(mediaTypeOf(Buffer.from(bytes, "latin1"))).toBe(type);
  });
});
