import type { Confinement } from "../../protocol/outcome.js";

/**
 * How a host and a cell in another process speak: frames over a stream. `native/protocol/wire.h` is the
 * same in C++.
 *
 * A frame is the length of what follows (4 bytes), its kind (1 byte), and the fields of that kind. All
 * numbers are little-endian. `u8`, `u32` and `f64` are numbers; a flag is a `u8` that is 0 or 1. A text is a
 * `u32`, which is its length in units times two, plus one if its units are UTF-16; then the units, of one
 * byte (Latin-1) or two. A list is a `u32`, which is its length, then its entries. An enum is a `u8`, the
 * index of its word in one of the lists below.
 *
 * From host to cell, in this order: `prepare` at most once; `setup`, `stored` if there are stored values,
 * and `begin`; then the others in any order and number.
 *
 * | kind | fields |
 * |---|---|
 * | 1 prepare | heapBytes f64 |
 * | 2 setup | the limits, each f64, in the order of `limitNames`; console, dialect, webGlobals flag, remoteImages flag, failOnDeadlock flag; list of tools: name, ownName, namespace, description as texts, isMcp flag; list of modules: specifier, whether it has values (flag); either its source or a list of name and JSON text |
 * | 3 stored | list of key and JSON text |
 * | 4 begin | source |
 * | 5 toolResolved | callId u32, isJson flag, result |
 * | 6 toolRejected | callId u32, message |
 * | 7 terminate | |
 * | 8 sample | number u32 |
 * | 9 determinism | before `begin`: the seed as 8 u32, now f64 |
 * | 10 clock | now f64, before the command that it belongs to |
 * | 11 timerFired | timer u32 |
 *
 * From cell to host: `hello` first, `ready` if the cell has been prepared and not begun, then its events.
 *
 * | kind | fields |
 * |---|---|
 * | 0 started | |
 * | 1 text | text |
 * | 2 image | imageUrl, detail |
 * | 3 audio | audioUrl |
 * | 4 log | level, text, time f64 |
 * | 5 notify | text |
 * | 6 tool call | callId u32, index of the tool u32, input as JSON text |
 * | 7 yielded | usage |
 * | 8 settled | status, isParked flag, whether there is an error (flag), error, list of writes: key, JSON text; list of texts of rejections; usage |
 * | 9 disposed | cpuMs f64 |
 * | 10 stopping | error |
 * | 11 ready | |
 * | 12 tool search | callId u32, query, limit u32 |
 * | 13 tool lookup | callId u32, name |
 * | 14 timer set | timer u32, due f64 |
 * | 15 timer cleared | timer u32 |
 * | 16 waiting | how many commands have been applied in all f64 |
 * | 32 hello | wire version u32, confinement u32 (bits in the order of `confinements`) |
 * | 33 sampled | number u32, usage: the answer to `sample`, behind all events so far |
 *
 * Usage is cpuMs, toolWaitMs, heapBytes, heapPeakBytes, arrayBufferPeakBytes, each f64. An error is its code,
 * name, message, text; a `u8` whose bits say what follows: 1 stack, 2 line u32, column u32, sourceLine, 4 its
 * cause, an error, 8 the limit's name, allowed f64, used f64.
 */
export const wireVersion = 1;

/** Kinds of frames from host to cell. */
export const toCell = {
  prepare: 1,
  setup: 2,
  stored: 3,
  begin: 4,
  toolResolved: 5,
  toolRejected: 6,
  terminate: 7,
  sample: 8,
  determinism: 9,
  clock: 10,
  timerFired: 11,
} as const;

/** Kinds of frames from cell to host. */
export const fromCell = {
  started: 0,
  text: 1,
  image: 2,
  audio: 3,
  log: 4,
  notify: 5,
  toolCall: 6,
  yielded: 7,
  settled: 8,
  disposed: 9,
  stopping: 10,
  ready: 11,
  toolSearch: 12,
  toolLookup: 13,
  timerSet: 14,
  timerCleared: 15,
  waiting: 16,
  hello: 32,
  sampled: 33,
} as const;

/** Which parts an error has: bits. */
export const errorPart = { stack: 1, position: 2, cause: 4, limit: 8 } as const;

/** Errors inside of errors; native code describes no more. */
export const maxCauses = 8;

export const limitNames = [
  "heapBytes",
  "arrayBufferBytes",
  "cpuMs",
  "outputBytes",
  "outputItems",
  "notifications",
  "storedBytes",
  "storedKeys",
  "toolCalls",
  "toolCallsInFlight",
  "toolInputBytes",
  "jsonDepth",
  "jsonValues",
  "timers",
  "sourceBytes",
  "evalBytes",
  "rssBytes",
] as const;

export const consoles = ["off", "logs", "output"] as const;
export const dialects = ["strict", "lenient"] as const;
export const details = ["auto", "low", "high", "original"] as const;
export const levels = ["debug", "log", "info", "warn", "error"] as const;
export const statuses = ["completed", "failed", "terminated"] as const;

export const errorCodes = [
  "ERR_CELL_SCRIPT",
  "ERR_CELL_DEADLOCK",
  "ERR_CELL_ENGINE",
  "ERR_CELL_HEAP_LIMIT",
  "ERR_CELL_CPU_LIMIT",
  "ERR_CELL_MEMORY_LIMIT",
  "ERR_CELL_OUTPUT_LIMIT",
  "ERR_CELL_OUTPUT_ITEMS_LIMIT",
  "ERR_CELL_NOTIFICATIONS_LIMIT",
  "ERR_CELL_TOOL_CALLS_LIMIT",
  "ERR_CELL_SOURCE_LIMIT",
] as const;

/** The powers that a cell's process has given up, by the bits of `hello`. */
export const confinements: readonly Confinement[] = [
  "noNewPrivileges",
  "noDescriptors",
  "emptyEnvironment",
  "resourceLimits",
  "seccomp",
  "namespaces",
  "diesWithHost",
];
