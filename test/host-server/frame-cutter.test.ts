import { expect, test } from "vitest";
import { FrameCutter } from "../../src/host-server/framed/frame-cutter.js";

function frame(content: string): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(Buffer.byteLength(content));
  return Buffer.concat([header, Buffer.from(content)]);
}

/** What is found in bytes that come in pieces of a size. */
function cut(bytes: Buffer, size: number) {
  const found: (string | number)[] = [];
  const cutter = new FrameCutter({
    maxBytes: 5,
    onFrame: (content) => found.push(content.toString()),
    onTooLong: (length) => found.push(length),
  });
  const atStart: number[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    cutter.push(bytes.subarray(at, at + size));
    if (cutter.isAtFrameStart) atStart.push(Math.min(at + size, bytes.length));
  }
  return { found, atStart };
}

const frames = ["a", "", "12345", "123456", "b", "1234567890", "", "é", "123456"].map(frame);
const all = Buffer.concat(frames);
const ends = frames.map((_, i) =>
  frames.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0),
);

test.each([1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 17, 1000])(
  "frames in pieces of %i bytes are the same, those that are too long are skipped, and it is known where the stream may end",
  (size) => {
    const { found, atStart } = cut(all, size);
    expect(found).toEqual(["a", "", "12345", 6, "b", 10, "", "é", 6]);
    const cuts = ends.filter((end) => end % size === 0 || end === all.length);
    expect(atStart).toEqual(cuts);
  },
);

test("a stream may end before its first byte", () => {
  const none = { maxBytes: 1, onFrame: () => {}, onTooLong: () => {} };
  expect(new FrameCutter(none).isAtFrameStart).toBe(true);
});
