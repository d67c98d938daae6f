import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { cellFrame } from "../../../src/backend/wire/cell-frames.js";
import { BadFrame } from "../../../src/backend/wire/frame-reader.js";
import { FrameSplitter } from "../../../src/backend/wire/frame-splitter.js";
import {
  beginFrame,
  clockFrame,
  commandFrame,
  determinismFrame,
  prepareFrame,
  sampleFrame,
  setupFrame,
  storedFrame,
  terminateFrame,
  timerFiredFrame,
} from "../../../src/backend/wire/host-frames.js";
import { fromCell, toCell } from "../../../src/backend/wire/kinds.js";
import { type CellFrame, readCellFrame } from "../../../src/backend/wire/read-cell-frame.js";
import { type HostFrame, readHostFrame } from "../../../src/backend/wire/read-host-frame.js";
import { cellSamples, hostSamples } from "./samples.js";

const headBytes = 4;

describe("frames", () => {
  test("of the host are read as they were written", () => {
    for (const sample of hostSamples) {
      expect(readHostFrame(hostFrame(sample).subarray(headBytes))).toEqual(sample);
    }
    expect(new Set(hostSamples.map(({ type }) => type))).toEqual(new Set(Object.keys(toCell)));
  });

  test("of a cell are read as they were written", () => {
    for (const sample of cellSamples) {
      expect(readCellFrame(cellFrame(sample).subarray(headBytes))).toEqual(sample);
    }
    const kinds = cellSamples.map((sample) => cellFrame(sample)[headBytes]);
    expect(new Set(kinds)).toEqual(new Set(Object.values(fromCell)));
  });

  test("are those of native code, which has the same file of samples", async () => {
    const lines = [
      ...hostSamples.map((sample) => `host ${hostFrame(sample).toString("hex")}`),
      ...cellSamples.map((sample) => `cell ${cellFrame(sample).toString("hex")}`),
    ];
    const file = fileURLToPath(new URL("./frames.txt", import.meta.url));
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(file);
  });

  test("that are cut anywhere, or have a byte too many, are refused", () => {
    const whole: readonly [Buffer, (bytes: Buffer) => unknown][] = [
      ...hostSamples.map((sample) => [hostFrame(sample), readHostFrame] as const),
      ...cellSamples.map((sample) => [cellFrame(sample), readCellFrame] as const),
    ].map(([frame, read]) => [frame.subarray(headBytes), read]);
    for (const [frame, read] of whole) {
      for (let length = 0; length < frame.length; length += 1) {
        expect(() => read(frame.subarray(0, length))).toThrow(BadFrame);
      }
      expect(() => read(Buffer.concat([frame, Buffer.of(0)]))).toThrow(BadFrame);
    }
  });

  test("with any byte changed are read or refused, and nothing else", () => {
    for (const sample of cellSamples) {
      const frame = cellFrame(sample).subarray(headBytes);
      for (let at = 0; at < frame.length; at += 1) {
        for (const byte of [0, 1, 2, 0x7f, 0x80, 0xff]) {
          const changed = Buffer.from(frame);
          changed[at] = byte;
          const thrown = thrownBy(() => readCellFrame(changed));
          if (thrown !== undefined) expect(thrown).toBeInstanceOf(BadFrame);
        }
      }
    }
  });

  test.each([
    ["a kind that there is not", Buffer.of(31)],
    ["a word that there is not", Buffer.of(fromCell.image, 0, 0, 0, 0, 4)],
    ["a flag that is neither", Buffer.of(fromCell.settled, 0, 2)],
    ["a time that is no number", Buffer.of(fromCell.disposed, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f)],
    ["a list longer than its frame", Buffer.of(toCell.stored, 0xff, 0xff, 0xff, 0xff)],
  ])("that have %s are refused", (_what, frame) => {
    const read = frame[0] === toCell.stored && frame.length === 5 ? readHostFrame : readCellFrame;
    expect(() => read(frame)).toThrow(BadFrame);
  });
});

describe("a stream of frames", () => {
  const all = Buffer.concat(cellSamples.map(cellFrame));

  test.each([1, 2, 3, 7, 64, 1_000, all.length])("is cut into them in pieces of %i", (size) => {
    const read: CellFrame[] = [];
    const splitter = new FrameSplitter(
      () => 10_000,
      (frame) => read.push(readCellFrame(frame)),
    );
    for (let at = 0; at < all.length; at += size) {
      splitter.add(Buffer.from(all.subarray(at, at + size)));
    }
    expect(read).toEqual(cellSamples);
  });

  test("is refused as soon as a length is zero or too large, before the frame has come", () => {
    for (const length of [0, 101, 2 ** 32 - 1]) {
      const splitter = new FrameSplitter(
        () => 100,
        () => {},
      );
      const head = Buffer.alloc(headBytes);
      head.writeUInt32LE(length);
      expect(() => splitter.add(head)).toThrow(BadFrame);
    }
  });
});

function hostFrame(sample: HostFrame): Buffer {
  switch (sample.type) {
    case "prepare":
      return prepareFrame(sample.heapBytes);
    case "setup":
      return setupFrame(sample.setup);
    case "stored":
      return storedFrame(sample.stored);
    case "begin":
      return beginFrame(sample.source);
    case "terminate":
      return terminateFrame();
    case "sample":
      return sampleFrame(sample.number);
    case "determinism":
      return determinismFrame(sample.deterministic);
    case "clock":
      return clockFrame(sample.now);
    case "timerFired":
      return timerFiredFrame(sample.timer);
    default:
      return commandFrame(sample);
  }
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}
