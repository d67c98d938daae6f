// The targets that are written in JavaScript: each gets an input's bytes, throws where something does
// not hold, and returns a number that says which way the input went.
import assert from "node:assert/strict";
import { types } from "node:util";
import { readEventBatch } from "../../dist/backend/addon/event-batch.js";
import { BadFrame, FrameSplitter, readCellFrame } from "../../dist/backend/wire/read-frames.js";
import { CodeModeError, formatOutcome, parseExecInput, truncateOutput } from "../../dist/index.js";

/** @typedef {(bytes: Buffer) => number} Target */
/** @typedef {import("../../src/protocol/cell-backend.js").BackendEvent} BackendEvent */
/** @typedef {import("../../src/protocol/outcome.js").OutputItem} OutputItem */
/** @typedef {import("../../src/protocol/cell-backend.js").BackendError} BackendError */

/**
 * @param {any} addon - What fuzz_addon.cc exports.
 * @param {{ build: (bytes: Uint8Array) => unknown }} hostile - The value of the script that hostile-script.mjs makes.
 * @returns {Readonly<Record<string, Target>>}
 */
export function targetsInJavaScript(addon, hostile) {
  return {
    events: (bytes) => checkEvents(addon, bytes),
    frames: (bytes) => checkFrames(addon, bytes),
    options: (bytes) => checkOptions(addon, hostile, bytes),
    pragma: checkPragma,
    "model-text": checkModelText,
  };
}

/**
 * Events made in C++ are written as a batch, read by the product, and compared field by field.
 * @param {any} addon
 * @param {Buffer} bytes
 */
function checkEvents(addon, bytes) {
  const { batch, described } = addon.writeEvents(bytes);
  /** @type {string[]} */
  const read = [];
  readEventBatch(batch, {
    onReady: () => void read.push("\u0001ready"),
    onEvent: (event) => void read.push(describe(event)),
    usage: () => noUsage,
  });
  assert.deepEqual(read, described);
  return read.length;
}

/**
 * Frames of events made in C++ are read as the events were. The bytes themselves, as what a process has
 * written and as a frame of a host, are read or refused, and nothing else.
 * @param {any} addon
 * @param {Buffer} bytes
 */
function checkFrames(addon, bytes) {
  const { frames, described } = addon.writeFrames(bytes);
  /** @type {string[]} */
  const read = [];
  const whole = new FrameSplitter(
    () => 2 ** 32 - 1,
    (frame) => read.push(describeFrame(readCellFrame(frame))),
  );
  // In two pieces, so that a frame may be cut anywhere.
  const cut = bytes.length % (frames.length + 1);
  for (const piece of [frames.subarray(0, cut), frames.subarray(cut)]) whole.add(piece);
  assert.deepEqual(read, described);
  return 1 + countFrames(bytes) + 64 * addon.readHostFrame(bytes);
}

/** @param {Buffer} bytes - What a process has written. */
function countFrames(bytes) {
  let count = 0;
  try {
    const splitter = new FrameSplitter(
      () => bytes.length,
      (frame) => {
        count = (count + readCellFrame(frame).type.length) % 60;
      },
    );
    splitter.add(bytes);
  } catch (thrown) {
    assert.ok(thrown instanceof BadFrame, String(thrown));
    return wayOf(thrown.message.replace(/\d+/g, "")) % 64;
  }
  return count;
}

/** @param {import("../../src/backend/wire/read-cell-frame.js").CellFrame} frame */
function describeFrame(frame) {
  if (frame.type === "ready") return "\u0001ready";
  return describe(/** @type {BackendEvent} */ (frame));
}

/** Of the events that carry the usage, which the batch has not. */
const noUsage = {
  cpuMs: 0,
  toolWaitMs: 0,
  heapBytes: 0,
  heapPeakBytes: 0,
  arrayBufferPeakBytes: 0,
};

/**
 * What `Described` in events_from_bytes.cc makes of the event before it crosses.
 * @param {BackendEvent} event
 */
function describe(event) {
  const fields =
    event.type === "output" ? itemFields(event.item) : [event.type, ...fieldsOf(event)];
  return fields.map((field) => `\u0001${field}`).join("");
}

/** @param {OutputItem} item */
function itemFields(item) {
  switch (item.type) {
    case "text":
      return ["text", item.text];
    case "image":
      return ["image", item.imageUrl, item.detail];
    default:
      return ["audio", item.audioUrl];
  }
}

/** @param {Exclude<BackendEvent, { type: "output" }>} event */
function fieldsOf(event) {
  switch (event.type) {
    case "log":
      return [event.log.level, event.log.text, event.log.time];
    case "notify":
      return [event.text];
    case "toolCall":
      return [event.callId, event.tool, event.json];
    case "toolSearch":
      return [event.callId, event.query, event.limit];
    case "toolLookup":
      return [event.callId, event.name];
    case "disposed":
      return [event.cpuMs];
    case "stopping":
      return errorFields(event.error);
    case "settled": {
      const { settled } = event;
      return [
        settled.status,
        settled.isParked,
        ...(settled.error === undefined ? [] : errorFields(settled.error)),
        ...settled.writes,
        ...settled.unhandledRejections,
        settled.usage.cpuMs,
        settled.usage.toolWaitMs,
        settled.usage.heapBytes,
        settled.usage.heapPeakBytes,
        settled.usage.arrayBufferPeakBytes,
      ];
    }
    default:
      return [];
  }
}

/** @param {BackendError} error @returns {unknown[]} */
function errorFields(error) {
  const { code, name, message, text, stack, line, column, sourceLine, cause } = error;
  const { limit, allowed, used } = error;
  const own = [code, name, message, text, stack, line, column, sourceLine];
  const inner = cause === undefined ? [] : errorFields(cause);
  return [...own, ...inner, limit, allowed, used].filter((field) => field !== undefined);
}

/**
 * Texts cross unchanged; options and tables of any shape are read without harm.
 * @param {any} addon
 * @param {{ build: (bytes: Uint8Array) => unknown }} hostile
 * @param {Buffer} bytes
 */
function checkOptions(addon, hostile, bytes) {
  const text = bytes.subarray(0, bytes.length & ~1).toString("utf16le");
  assert.deepEqual(addon.readText(text), [1, text]);
  const latin1 = bytes.toString("latin1");
  assert.deepEqual(addon.readText(latin1), [1, latin1]);
  return unlessThrown(() => {
    const odd = hostile.build(bytes);
    const list = Array.isArray(odd) ? odd : [odd, odd];
    const tables = {
      tools: new addon.ToolTable(list),
      modules: new addon.ModuleTable(list),
      stored: new addon.StoredValues(list),
    };
    const limits = { ...new Object(odd), heapBytes: odd };
    const sizes = addon.readOptions({ ...new Object(odd), ...tables, limits, source: odd });
    assert.equal(sizes.length, 9);
    return sizes.at(-2) * 16 + sizes.at(-1);
  });
}

/**
 * What making or reading a hostile value throws is its own affair.
 * @param {() => number} use
 */
function unlessThrown(use) {
  try {
    return use();
  } catch (thrown) {
    // A revoked proxy may be thrown too, and bears no instanceof.
    if (types.isNativeError(thrown) && thrown instanceof assert.AssertionError) throw thrown;
    return 1;
  }
}

/** @param {Buffer} bytes */
function checkPragma(bytes) {
  const input = bytes.toString("utf8");
  try {
    const { source, yieldAfterMs, maxOutputTokens } = parseExecInput(input);
    assert.equal(source, input);
    for (const number of [yieldAfterMs, maxOutputTokens]) {
      assert.ok(number === undefined || (Number.isSafeInteger(number) && number >= 0));
    }
    return 1 + Number(yieldAfterMs !== undefined) + 2 * Number(maxOutputTokens !== undefined);
  } catch (thrown) {
    if (!(thrown instanceof CodeModeError)) throw thrown;
    assert.equal(thrown.code, "ERR_PRAGMA");
    assert.match(thrown.message, /\/\/ @exec: \{"yield_time_ms"/);
    // The message's own words; what follows quotes the input.
    return wayOf(thrown.message.slice(0, 26));
  }
}

/** @param {Buffer} bytes */
function checkModelText(bytes) {
  const [maxOutputTokens = 0, itemCount = 0, counter = 0, ...kinds] = bytes.subarray(0, 8);
  const rest = bytes.subarray(8);
  const items = itemsFrom(rest, itemCount % 5, kinds);
  const countTokens =
    counter % 3 === 1 ? (/** @type {string} */ text) => text.split(/\s+/).length : undefined;
  const errorText = counter % 2 === 0 ? undefined : rest.toString("latin1").slice(0, 20);
  const options = { maxOutputTokens, countTokens, errorText };
  const cut = truncateOutput(items, options);
  checkTruncated(items, cut, options);
  /** @type {any} */
  const outcome = {
    status: errorText === undefined ? "completed" : "failed",
    output: items,
    error: { text: errorText },
    warnings: [],
    usage: { wallMs: 1500, outputBytes: 1 },
  };
  const [header, ...formatted] = formatOutcome(outcome, options);
  assert.match(
    header?.type === "text" ? header.text : "",
    /^Script \w+\nWall time 1\.5 seconds\nOutput:\n$/,
  );
  assert.deepEqual(formatted, cut);
  const share = Math.round(Math.log2(1 + maxOutputTokens)) - Math.round(Math.log2(1 + rest.length));
  return wayOf(`${items.length} ${cut.length} ${cut.at(-1)?.type} ${share} ${counter % 6}`);
}

/**
 * Output of text and images, as the bytes have it.
 * @param {Buffer} bytes
 * @param {number} count
 * @param {readonly number[]} kinds
 * @returns {OutputItem[]}
 */
function itemsFrom(bytes, count, kinds) {
  const share = Math.ceil(bytes.length / (count || 1));
  return Array.from({ length: count }, (_, i) => {
    const part = bytes.subarray(i * share, (i + 1) * share);
    const kind = kinds[i] ?? 0;
    if (kind % 4 === 1) return { type: "image", imageUrl: "data:,", detail: "high" };
    if (kind % 4 === 2) return { type: "text", text: part.toString("utf16le") };
    return { type: "text", text: part.toString("utf8") };
  });
}

/**
 * @param {readonly OutputItem[]} items
 * @param {readonly OutputItem[]} cut
 * @param {{ maxOutputTokens: number, errorText: string | undefined }} options
 */
function checkTruncated(items, cut, { maxOutputTokens, errorText }) {
  const given =
    errorText === undefined
      ? items
      : [...items, { type: "text", text: `Script error:\n${errorText}` }];
  const media = (/** @type {readonly any[]} */ list) => list.filter((item) => item.type !== "text");
  assert.deepEqual(media(cut), media(given), "media are never cut");
  assert.ok(cut.length <= given.length + 1, "no more items than there were, and one notice");
  const size = (/** @type {readonly any[]} */ list) =>
    list.reduce((sum, item) => sum + Buffer.byteLength(item.text ?? ""), 0);
  // Each item cut brings a notice of its own.
  const notices = 160 * (given.length + 1);
  assert.ok(size(cut) <= size(given) + notices, "cutting makes nothing longer");
  if (maxOutputTokens === 0 && media(given).length === 0) {
    assert.ok(size(cut) <= notices, "no tokens, no text");
  }
  for (const item of cut) {
    if (item.type !== "text") continue;
    const wasThere = given.some((other) => other.type === "text" && other.text === item.text);
    assert.ok(wasThere || isWellFormed(item.text), "no character is cut in two");
  }
}

/** @param {string} text */
function isWellFormed(text) {
  return !/\p{Surrogate}/u.test(text);
}

/** @param {string} text */
function wayOf(text) {
  let hash = 7;
  for (const unit of text) hash = (hash * 31 + (unit.codePointAt(0) ?? 0)) % 4096;
  return hash;
}
