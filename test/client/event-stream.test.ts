import fc from "fast-check";
import { expect, test } from "vitest";
import { EventStream, type ServerEvent } from "../../src/client/event-stream.js";

const text =
  ': ping\r\n\r\nevent: cell\ndata: {"a":\ndata:1}\n\ndata: x\r\revent: none\n\nid: 1\nevent:outcome\r\ndata\r\ndata:  y\r\n\r\n';
const events: readonly ServerEvent[] = [
  { name: "cell", data: '{"a":\n1}' },
  { name: "message", data: "x" },
  { name: "outcome", data: "\n y" },
];

test("events are the same in whatever pieces they come", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), (cuts) => {
      const stream = new EventStream(100);
      const places = [0, ...cuts.sort((a, b) => a - b), text.length];
      const read = places.flatMap((at, i) => stream.read(text.slice(at, places[i + 1])));
      expect(read).toEqual(events);
    }),
  );
});

test.each([
  ["a line that does not end", "x"],
  ["a comment that does not end", ":x"],
  ["data of many lines", "data: x\n"],
])("%s is too long at some time", (_name, piece) => {
  const stream = new EventStream(1000);
  const readForEver = (): void => {
    for (let i = 0; i < 2000; i += 1) stream.read(piece);
  };
  expect(readForEver).toThrow(expect.objectContaining({ code: "ERR_SERVER_ANSWER" }));
});
