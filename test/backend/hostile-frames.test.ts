import fc from "fast-check";
import { expect, test } from "vitest";
import { cellFrame } from "../../src/backend/wire/cell-frames.js";
import type { CellFrame } from "../../src/backend/wire/read-cell-frame.js";
import { type BackendEvent, noUsage } from "../../src/protocol/cell-backend.js";
import { cellOptions } from "../support/backend-cell.js";
import { type Attacked, attack } from "../support/hostile-peer.js";
import { cellSamples } from "./wire/samples.js";

// Streams of a process that has been taken over: frames in any order, changed, cut and glued. The same ones in
// every run; CODECELL_SEED tries others, CODECELL_ROUNDS more of them, and CODECELL_MINUTES as many as there is
// time for.
const seed = Number(process.env["CODECELL_SEED"] ?? 1);
const numRuns = Number(process.env["CODECELL_ROUNDS"] ?? 1_000);
const forMs = Number(process.env["CODECELL_MINUTES"] ?? 0) * 60_000;

const limits = {
  outputBytes: 28,
  outputItems: 2,
  notifications: 2,
  toolCalls: 2,
  toolCallsInFlight: 2,
  toolInputBytes: 50,
  storedBytes: 40,
  storedKeys: 2,
  timers: 2,
};
const tools = [{ name: "a", ownName: "a", namespace: "", description: "", isMcp: false }];
const deterministic = { seed: "0".repeat(64), now: 0 };

/** Frames that a cell of these options may say, besides the samples. */
const likely: readonly CellFrame[] = [
  { type: "hello", version: 1, confinement: [] },
  { type: "started" },
  { type: "output", item: { type: "text", text: "0123456789abcdefghij" } },
  { type: "toolCall", callId: 0, tool: 0, json: "{}" },
  { type: "toolCall", callId: 1, tool: 0, json: '[{"a":[1,2]}]' },
  { type: "toolLookup", callId: 2, name: "a" },
  ...new Array<CellFrame>(4).fill({ type: "output", item: { type: "text", text: "x" } }),
  { type: "timerSet", timer: 1, due: 1 },
  settledWith(["k", "1"]),
  settledWith(["k", `"${"x".repeat(limits.storedBytes)}"`]),
  settledWith(["a", "1", "b", "1", "c", "1"]),
];
const prelude = [cellFrame(likely[0] as CellFrame), cellFrame({ type: "started" })];
const frames = [...cellSamples, ...likely].map(cellFrame);

const change = fc.record({
  how: fc.constantFrom("set", "insert", "remove", "cut", "length"),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  byte: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
});
const piece = fc.record({
  frame: fc.nat(frames.length - 1),
  changes: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(change, { maxLength: 3 })),
});
const act = fc.constantFrom("say", "say", "say", "answer", "fire", "sample", "terminate");
const stream = fc.record({
  isGreeted: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
  isDeterministic: fc.boolean(),
  pieces: fc.array(piece, { maxLength: 14 }),
  sizes: fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }),
  acts: fc.array(act, { minLength: 1, maxLength: 12 }),
});
type Stream = typeof stream extends fc.Arbitrary<infer Of> ? Of : never;
type Change = typeof change extends fc.Arbitrary<infer Of> ? Of : never;

test(
  "whatever a process says, its cell ends once, within its limits, and the host goes on",
  async () => {
    const holds = fc.asyncProperty(stream, async (given) => {
      const attacked = attack({
        ...cellOptions("text(1)", { tools, limits }),
        ...(given.isDeterministic && { deterministic }),
      });
      await play(attacked, given);
      expectOneEnd(attacked.events);
      expectWithinLimits(attacked.events);
    });
    const until = performance.now() + forMs;
    let lap = 0;
    do {
      await fc.assert(holds, { seed: seed + lap, numRuns });
      lap += 1;
    } while (performance.now() < until);
    if (forMs > 0) console.log(`${lap * numRuns} streams, from seed ${seed} on`);
  },
  120_000 + forMs,
);

function settledWith(writes: readonly string[]): CellFrame {
  const settled = { status: "completed", isParked: false, error: undefined, writes } as const;
  return { type: "settled", settled: { ...settled, unhandledRejections: [], usage: noUsage } };
}

async function play({ cell, peer }: Attacked, given: Stream): Promise<void> {
  const said = given.pieces.map(({ frame, changes }) => changed(frames[frame] as Buffer, changes));
  let left = Buffer.concat([...(given.isGreeted ? prelude : []), ...said]);
  const samples: Promise<unknown>[] = [];
  for (let turn = 0; left.length > 0; turn += 1) {
    switch (given.acts[turn % given.acts.length]) {
      case "answer":
        cell.send({
          type: "toolResolved",
          callId: turn % 2,
          result: "1",
          isJson: true,
          isAscii: true,
        });
        break;
      case "fire":
        cell.send({ type: "timerFired", timer: 1, now: 1 });
        break;
      case "sample":
        samples.push(cell.sample());
        break;
      case "terminate":
        cell.terminate();
        break;
      default:
    }
    const size = given.sizes[turn % given.sizes.length] as number;
    peer.say(Buffer.from(left.subarray(0, size)));
    left = left.subarray(size);
  }
  peer.tellEnd();
  await Promise.all(samples);
}

function changed(frame: Buffer, changes: readonly Change[]): Buffer {
  let bytes: Buffer = Buffer.from(frame);
  for (const { how, at: share, byte } of changes) {
    const at = Math.floor(share * bytes.length);
    if (how === "set") bytes.writeUInt8(byte, Math.min(at, Math.max(0, bytes.length - 1)));
    if (how === "insert") bytes = splice(bytes, at, 0, Buffer.of(byte));
    if (how === "remove") bytes = splice(bytes, at, 1);
    if (how === "cut") bytes = bytes.subarray(0, at);
    if (how === "length" && bytes.length > 4) bytes.writeUInt8(byte, Math.floor(share * 4));
    // Where everything has been cut off, nothing is left to change.
    if (bytes.length === 0) break;
  }
  return bytes;
}

function splice(bytes: Buffer, at: number, count: number, added = Buffer.alloc(0)): Buffer {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + count)]);
}

function expectOneEnd(events: readonly BackendEvent[]): void {
  const types = events.map(({ type }) => type);
  if (types.at(-1) === "refused") {
    expect(types).toEqual(["refused"]);
    return;
  }
  expect(types.slice(-2)).toEqual(["settled", "disposed"]);
  expect(types.filter((type) => ["settled", "disposed", "refused"].includes(type))).toHaveLength(2);
}

function expectWithinLimits(events: readonly BackendEvent[]): void {
  let length = 0;
  let items = 0;
  for (const event of events) {
    if (event.type === "notify") length += event.text.length;
    if (event.type === "output") {
      items += 1;
      if (event.item.type === "text") length += event.item.text.length;
    }
    if (event.type === "toolCall") {
      expect(event.tool).toBe(0);
      JSON.parse(event.json);
    }
    if (event.type === "settled") {
      const { writes, error, status } = event.settled;
      expect(writes.length).toBeLessThanOrEqual(2 * limits.storedKeys);
      expect(writes.join("").length).toBeLessThanOrEqual(limits.storedBytes);
      for (let at = 1; at < writes.length; at += 2) JSON.parse(writes[at] as string);
      expect(error !== undefined).toBe(status === "failed");
    }
  }
  expect(length).toBeLessThanOrEqual(limits.outputBytes);
  expect(items).toBeLessThanOrEqual(limits.outputItems);
  expect(events.filter(({ type }) => /^tool/.test(type)).length).toBeLessThanOrEqual(
    limits.toolCalls,
  );
}
