import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { hostHeapBytes } from "../../src/backend/addon/host-heap.js";
import { ThreadBackend } from "../../src/backend/thread/thread-backend.js";
import { resolveLimits } from "../../src/options/limits.js";
import type { BackendDeterminism, BackendEvent } from "../../src/protocol/cell-backend.js";

const limits = resolveLimits({}, { hostHeapBytes: hostHeapBytes() });
// No isolate is kept: each reads the time zone that holds when it is made.
const backend = new ThreadBackend({ maxOrphans: 4, prewarm: 0, heapBytes: limits.heapBytes });
afterAll(() => backend.close());

const setup = {
  tools: [],
  modules: [],
  limits,
  console: "logs",
  dialect: "strict",
  webGlobals: true,
  remoteImages: false,
  failOnDeadlock: true,
} as const;

/** 2001-02-03T04:05:06.789Z */
const longAgo = 981_173_106_789;
const seeds = ["0123456789abcdef".repeat(4), "fedcba9876543210".repeat(4)] as const;

/** What the cell outputs, and the text of its error. Timers are not fired. */
async function run(
  source: string,
  deterministic: BackendDeterminism | null = { seed: seeds[0], now: longAgo },
) {
  const texts: string[] = [];
  await new Promise<void>((resolve) => {
    backend.start(
      { source, setup, stored: undefined, deterministic: deterministic ?? undefined },
      (event: BackendEvent) => {
        if (event.type === "output" && event.item.type === "text") texts.push(event.item.text);
        if (event.type === "log") texts.push(`${event.log.time} ${event.log.text}`);
        if (event.type === "settled" && event.settled.error) texts.push(event.settled.error.text);
        if (event.type === "disposed") resolve();
      },
    );
  });
  return texts;
}

const everyGlobal = readFileSync(new URL("../fixtures/every-global.js", import.meta.url), "utf8");

describe("a deterministic cell", () => {
  test("gets the same of every function of every global a second later, in each of two time zones", async () => {
    const before = process.env["TZ"];
    const runInZones = async (): Promise<readonly (readonly string[])[]> => {
      const runs: string[][] = [];
      for (const zone of ["America/St_Johns", "Asia/Kathmandu"]) {
        process.env["TZ"] = zone;
        runs.push(((await run(everyGlobal)).at(-1) ?? "").split("\n"));
      }
      return runs;
    };
    try {
      const first = await runInZones();
      // So that a clock that shows seconds shows another one.
      await sleep(1100);
      const second = await runInZones();
      expect(first).toHaveLength(2);
      for (const [zone, lines] of first.entries()) {
        const others = second[zone] ?? [];
        expect(lines.length).toBeGreaterThan(1200);
        expect(lines.filter((line, index) => line !== others[index])).toEqual([]);
        expect(lines.filter((line) => line.includes(String(new Date().getFullYear())))).toEqual([]);
        expect(lines.filter((line) => line.includes("2001")).length).toBeGreaterThan(10);
      }
      expect(first[0]).not.toEqual(first[1]);
    } finally {
      if (before === undefined) delete process.env["TZ"];
      else process.env["TZ"] = before;
    }
  });

  test("gets other random values from another seed, and another time from another clock", async () => {
    const source =
      "text([Math.random(), crypto.randomUUID()]); text([Date.now(), performance.timeOrigin]);";
    const [random, time] = await run(source);
    const [otherRandom, sameTime] = await run(source, { seed: seeds[1], now: longAgo });
    const [sameRandom, otherTime] = await run(source, { seed: seeds[0], now: longAgo + 1 });
    expect(otherRandom).not.toBe(random);
    expect(sameTime).toBe(time);
    expect(sameRandom).toBe(random);
    expect(otherTime).not.toBe(time);
  });

  test("has a Date that is the language's", async () => {
    const [text = ""] = await run(`
      class Later extends Date { plus() { return new Later(this.getTime() + 1); } }
      const later = new Later();
      text([
        Date.name, Date.length,
        new Date() instanceof Date, new Date().constructor === Date,
        Object.getPrototypeOf(Later) === Date, later instanceof Later, later.plus() - later,
        Date() === new Date().toString(), typeof Date(0), new Date(2001, 1, 3).getMonth(),
        new Date(0).toISOString(), Date.parse("1970-01-01"), Date.UTC(1970, 0),
        { ...Object.getOwnPropertyDescriptor(Date, "prototype"), value: 0 }, Object.getOwnPropertyDescriptor(globalThis, "Date").enumerable,
        structuredClone(new Date(5)).getTime(), new Date(undefined).getTime(),
      ]);`);
    expect(JSON.parse(text)).toEqual([
      "Date",
      7,
      true,
      true,
      true,
      true,
      1,
      true,
      "string",
      1,
      "1970-01-01T00:00:00.000Z",
      0,
      0,
      { value: 0, writable: false, enumerable: false, configurable: false },
      false,
      5,
      null,
    ]);
  });

  test("has formats that are the language's", async () => {
    const [text = ""] = await run(`
      const format = new Intl.DateTimeFormat("en", { timeZone: "UTC", year: "numeric" });
      text([
        format.format(), format.format(0), [new Date(0)].map(format.format), format.format === format.format,
        format.formatToParts(), format.formatToParts(0).length,
        Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, "format").get.name,
      ]);`);
    expect(JSON.parse(text)).toEqual([
      "2001",
      "1970",
      ["1970"],
      true,
      [{ type: "year", value: "2001" }],
      1,
      "get format",
    ]);
  });

  test("ends a loop that waits for the time", async () => {
    expect(
      await run(
        "const end = Date.now() + 20; let n = 0; while (Date.now() < end) n += 1; text(n);",
      ),
    ).toEqual(["19998"]);
  });

  test("has nothing that shows when memory is collected", async () => {
    expect(await run("text([typeof WeakRef, typeof FinalizationRegistry]);")).toEqual([
      '["undefined","undefined"]',
    ]);
  });

  test("gives its console the same time", async () => {
    expect(await run('console.log("a")')).toEqual([`${longAgo} a`]);
  });
});

test("a cell that is not deterministic has the system's clock and randomness", async () => {
  const source = "text([Date.now() > 1e12, typeof WeakRef, Math.random()])";
  const texts = [await run(source, null), await run(source, null)];
  expect(texts[0]).not.toEqual(texts[1]);
});
