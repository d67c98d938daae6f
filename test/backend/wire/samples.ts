import { confinements, limitNames } from "../../../src/backend/wire/kinds.js";
import type { CellFrame } from "../../../src/backend/wire/read-cell-frame.js";
import type { HostFrame } from "../../../src/backend/wire/read-host-frame.js";
import type {
  BackendError,
  BackendSetup,
  BackendUsage,
} from "../../../src/protocol/cell-backend.js";

const usage: BackendUsage = {
  cpuMs: 1.5,
  toolWaitMs: 0.25,
  heapBytes: 4096,
  heapPeakBytes: 2 ** 33,
  arrayBufferPeakBytes: 7,
};

const error: BackendError = {
  code: "ERR_CELL_HEAP_LIMIT",
  name: "RangeError",
  message: "too much é",
  text: "RangeError: too much €",
  stack: "at 1",
  line: 3,
  column: 14,
  sourceLine: "  throw x",
  cause: { code: "ERR_CELL_SCRIPT", name: "E", message: "", text: "\u0000" },
  limit: "heapBytes",
  allowed: 10,
  used: 11,
};

const setup: BackendSetup = {
  limits: Object.fromEntries(
    limitNames.map((name, index) => [
      name,
      name === "cpuMs" ? Number.POSITIVE_INFINITY : index + 1,
    ]),
  ) as never,
  console: "output",
  dialect: "lenient",
  webGlobals: true,
  remoteImages: false,
  failOnDeadlock: true,
  tools: [
    { name: "a", ownName: "a", namespace: "", description: "née", isMcp: false },
    { name: "n__b", ownName: "b", namespace: "n/ö😀", description: "→", isMcp: true },
  ],
  modules: [
    { specifier: "sourced", source: "export default 1" },
    { specifier: "välued", exports: ["one", "1", "two", '"€"'] },
  ],
};

/** One of each kind of frame from host to cell. */
export const hostSamples: readonly HostFrame[] = [
  { type: "prepare", heapBytes: 2 ** 28 },
  { type: "setup", setup },
  { type: "stored", stored: ["k", "1", "ké", '"\ud800"'] },
  { type: "begin", source: 'text("€")' },
  { type: "toolResolved", callId: 7, isJson: true, result: '{"a":1}', isAscii: false },
  { type: "toolRejected", callId: 2 ** 32 - 1, message: "no" },
  { type: "terminate" },
  { type: "sample", number: 9 },
  {
    type: "determinism",
    deterministic: { seed: "0123456789abcdef".repeat(4), now: 1_700_000_000_123 },
  },
  { type: "clock", now: 1_700_000_000_456 },
  { type: "timerFired", timer: 3 },
];

/** One or more of each kind of frame from cell to host. */
export const cellSamples: readonly CellFrame[] = [
  { type: "hello", version: 1, confinement: confinements },
  { type: "ready" },
  { type: "started" },
  { type: "output", item: { type: "text", text: "grün \ud800 😀" } },
  {
    type: "output",
    item: { type: "image", imageUrl: "data:image/png;base64,AA==", detail: "original" },
  },
  { type: "output", item: { type: "audio", audioUrl: "data:audio/wav;base64,AA==" } },
  { type: "log", log: { level: "warn", text: "é", time: 1_700_000_000_123 } },
  { type: "notify", text: "" },
  { type: "toolCall", callId: 1, tool: 2, json: '{"x":"é"}' },
  { type: "toolSearch", callId: 3, query: "sums", limit: 5 },
  { type: "toolLookup", callId: 4, name: "add" },
  { type: "yielded", usage },
  { type: "sampled", number: 9, usage },
  { type: "stopping", error },
  {
    type: "settled",
    settled: {
      status: "failed",
      isParked: true,
      error,
      writes: ["k", "[2]", "€", "{}"],
      unhandledRejections: ["Error: a", "ö"],
      usage,
    },
  },
  {
    type: "settled",
    settled: {
      status: "completed",
      isParked: false,
      error: undefined,
      writes: [],
      unhandledRejections: [],
      usage,
    },
  },
  { type: "disposed", cpuMs: 2.5 },
  { type: "timerSet", timer: 3, due: 1_700_000_000_456 },
  { type: "timerCleared", timer: 3 },
  { type: "waiting", applied: 7 },
];
