import { describe, expect, test } from "vitest";
import { MessageLines } from "../../src/mcp/client/message-lines.js";
import { RecentLines } from "../../src/mcp/client/recent-lines.js";

const MiB = 1024 * 1024;

describe("the last lines of a server", () => {
  const linesOf = (...chunks: readonly string[]): readonly string[] => {
    const lines = new RecentLines();
    for (const chunk of chunks) lines.push(Buffer.from(chunk));
    lines.end();
    return lines.lines();
  };

  test.each<[string, readonly string[], readonly string[]]>([
    ["whole lines", ["one\ntwo\r\nthree"], ["one", "two", "three"]],
    ["lines in pieces", ["o", "ne\ntw", "o\n"], ["one", "two"]],
    ["no empty lines", ["one\n\n  \n\ntwo\n"], ["one", "two"]],
    ["no colours, no blanks at the end", ["\u001B[31m  red\u001B[0m  \n"], ["  red"]],
    ["nothing", [], []],
  ])("are %s", (_what, chunks, lines) => {
    expect(linesOf(...chunks)).toEqual(lines);
  });

  test("are ten at most, of 400 characters at most", () => {
    const many = Array.from({ length: 12 }, (_, i) => `line ${i}`);
    expect(linesOf(many.join("\n"))).toEqual(many.slice(2));
    expect(linesOf("x".repeat(1000))).toEqual([`${"x".repeat(400)}…`]);
  });

  test("keep characters whole that come in pieces", () => {
    const lines = new RecentLines();
    const bytes = Buffer.from("€\n");
    lines.push(bytes.subarray(0, 1));
    lines.push(bytes.subarray(1));
    lines.push(Buffer.from("€").subarray(0, 2));
    lines.end();
    expect(lines.lines()).toEqual(["€", "\u{FFFD}"]);
  });

  test("are told one by one, also those that are not kept, and nothing that never ends its line grows", () => {
    const told: string[] = [];
    const lines = new RecentLines((line) => told.push(line));
    for (let count = 0; count < 20; count += 1) lines.push(Buffer.from("x".repeat(10_000)));
    expect(told).toEqual([]);
    lines.push(Buffer.from("\nlast\n"));
    expect(told.map(({ length }) => length)).toEqual([64 * 1024, 4]);
    lines.end();
    expect(told).toHaveLength(2);
  });
});

describe("the messages of a server", () => {
  function messages() {
    const read: string[] = [];
    const large: number[] = [];
    const lines = new MessageLines({
      onLine: (line) => read.push(line),
      onLargeLine: (line) => large.push(line.length),
    });
    return { lines, read, large };
  }

  test("are its lines, whichever way their bytes come", () => {
    for (const size of [1, 2, 3, 100]) {
      const { lines, read } = messages();
      const bytes = Buffer.from('{"a":"€"}\n\n[1]\nrest');
      for (let at = 0; at < bytes.length; at += size) lines.push(bytes.subarray(at, at + size));
      expect(read).toEqual(['{"a":"€"}', "", "[1]"]);
    }
  });

  test("are read whole up to 120 000 values each", () => {
    const { lines, read, large } = messages();
    const text = (values: number): string => `[${"1,".repeat(values - 1)}1]\n`;
    for (const values of [120_000, 120_001, 3]) lines.push(Buffer.from(text(values)));
    expect(read.map(({ length }) => length + 1)).toEqual([text(120_000).length, text(3).length]);
    expect(large).toEqual([text(120_001).length - 1]);
  });

  test("have 32 MiB at most, each for itself", () => {
    const { lines, read } = messages();
    const filling = Buffer.alloc(MiB, "x");
    // Long strings that stand deep are quick to count.
    const pushAll = (): void => {
      lines.push(Buffer.from('[[["x'));
      for (let count = 0; count < 32; count += 1) {
        lines.push(count === 0 ? filling.subarray(5) : filling);
      }
    };
    pushAll();
    lines.push(Buffer.from("\n"));
    expect(read.map(({ length }) => length)).toEqual([32 * MiB]);
    pushAll();
    expect(() => lines.push(Buffer.from("x"))).toThrow("a message is longer than 33554432 bytes");
    lines.push(Buffer.from("{}\n"));
    expect(read.at(-1)).toBe("{}");
  });
});
