import { expect, test } from "vitest";
import { ZygoteReports, zygoteRequest } from "../../src/backend/process/zygote-control.js";

/** A report as the helper writes it, in this machine's byte order. */
function report(kind: number, child: number, value: number, kibibytes = 0): Buffer {
  return Buffer.from(new Uint32Array([kind, child, value >>> 0, kibibytes]).buffer);
}

const reports: readonly (readonly [Buffer, object])[] = [
  [report(1, 0, 1), { type: "ready", version: 1 }],
  [report(2, 7, 4321), { type: "forked", child: 7, pid: 4321 }],
  [report(3, 8, 11), { type: "failed", child: 8, errno: 11 }],
  [
    report(4, 7, 0, 5),
    { type: "reaped", child: 7, exitCode: 0, signal: undefined, maxResidentBytes: 5120 },
  ],
  [
    report(4, 7, 139 << 8, 2 ** 31),
    { type: "reaped", child: 7, exitCode: 139, signal: undefined, maxResidentBytes: 2 ** 41 },
  ],
  [
    report(4, 2 ** 32 - 1, 9),
    { type: "reaped", child: 2 ** 32 - 1, exitCode: undefined, signal: 9, maxResidentBytes: 0 },
  ],
  // With a core dump.
  [
    report(4, 7, 0x80 | 11),
    { type: "reaped", child: 7, exitCode: undefined, signal: 11, maxResidentBytes: 0 },
  ],
];

test.each([1, 3, 15, 16, 17, 40, 1000])("reports in pieces of %i bytes are the same", (size) => {
  const bytes = Buffer.concat(reports.map(([written]) => written));
  const reader = new ZygoteReports();
  const read: object[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    read.push(...reader.add(bytes.subarray(at, at + size)));
  }
  expect(read).toEqual(reports.map(([, expected]) => expected));
});

test("a report of a kind that there is not is an error", () => {
  for (const kind of [0, 5]) {
    expect(() => new ZygoteReports().add(report(kind, 0, 0))).toThrow(
      `the helper has sent a report of kind ${kind}, which there is not`,
    );
  }
});

test.each([
  ["fork", 1],
  ["kill", 2],
] as const)("a request to %s a child has the kind %i and its number", (ask, kind) => {
  const bytes = zygoteRequest(ask, 7);
  expect(new Uint32Array(bytes.buffer, bytes.byteOffset, 2)).toEqual(Uint32Array.of(kind, 7));
  expect(bytes).toHaveLength(8);
});
