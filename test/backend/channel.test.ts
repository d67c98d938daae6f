import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { findAddon } from "../../src/backend/addon/addon-file.js";
import { getBinding } from "../../src/backend/addon/binding.js";

const { Channel, socketPair } = getBinding();
const hasChannels = process.platform === "linux";

/** One end of a pair: what it has been told, and its end. */
class End {
  readonly channel: InstanceType<typeof Channel>;
  readonly pieces: Buffer[] = [];
  readonly over: Promise<void>;

  constructor(descriptor: number) {
    let tellOver = (): void => {};
    this.over = new Promise((resolve) => {
      tellOver = resolve;
    });
    this.channel = new Channel(descriptor, (bytes) => {
      if (bytes === null) tellOver();
      else this.pieces.push(bytes);
    });
    this.channel.keepAlive(true);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }
}

describe.skipIf(!hasChannels)("a channel", () => {
  test("brings all pieces in their order, however many and large they are", async () => {
    const [one, other] = open();
    const pieces = Array.from({ length: 500 }, (_, i) => Buffer.alloc(1 + i * 97, i % 251));
    one.channel.send(pieces.slice(0, 300));
    for (const piece of pieces.slice(300)) one.channel.send([piece]);
    expect(one.channel.unsentBytes()).toBeGreaterThan(0);
    other.channel.send([Buffer.from("back")]);
    await until(() => one.channel.unsentBytes() === 0 && one.pieces.length > 0);
    one.channel.close();
    await other.over;
    expect(other.bytes.equals(Buffer.concat(pieces))).toBe(true);
    expect(one.bytes.toString()).toBe("back");
    other.channel.close();
  });

  test("tells what the other end has said, though that has closed without reading everything", async () => {
    const [one, other] = open();
    other.channel.send([Buffer.alloc(4_000, 1)]);
    one.channel.send([Buffer.alloc(100_000, 2)]);
    one.channel.close();
    await other.over;
    expect(other.bytes).toHaveLength(100_000);
    other.channel.send([Buffer.from("nobody is there")]);
    expect(other.channel.unsentBytes()).toBe(0);
    other.channel.close();
  });

  test("tells nothing once it is closed, also from within what it tells", async () => {
    const [mine, its] = socketPair();
    let told = 0;
    const one = new Channel(mine, () => {
      told += 1;
      one.close();
      one.close();
    });
    one.keepAlive(true);
    const other = new End(its);
    other.channel.send([Buffer.alloc(150_000)]);
    await other.over;
    expect(told).toBe(1);
    one.send([Buffer.from("closed")]);
    one.keepAlive(true);
    expect(one.unsentBytes()).toBe(0);
    other.channel.close();
  });

  test("says what is wrong with a descriptor that nothing can be read from", () => {
    expect(() => new Channel(987_654, () => {})).toThrow(/^a channel cannot be watched: /);
  });

  test("ends with a worker that has not closed it", async () => {
    const source = `
      const { Channel, socketPair } = require(require("node:worker_threads").workerData);
      const channels = Array.from({ length: 50 }, () => socketPair()).flat()
        .map((descriptor) => new Channel(descriptor, () => {}));
      for (const channel of channels) {
        channel.keepAlive(true);
        channel.send([Buffer.alloc(500_000)]);
      }
      require("node:worker_threads").parentPort.postMessage("open");`;
    const worker = new Worker(source, { eval: true, workerData: findAddon() });
    await new Promise((resolve) => worker.once("message", resolve));
    expect(await worker.terminate()).toBe(1);
  });
});

function open(): [End, End] {
  const [mine, its] = socketPair();
  return [new End(mine), new End(its)];
}

/** Looks again whenever the loop has turned. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
