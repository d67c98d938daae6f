import type { OpenedRecord } from "../../journal/entry.js";
import { oneLine } from "../format.js";
import { SeededRandom } from "./seeded-random.js";

/** Where the inspected cell's calls and timers get their answers. */
export interface AnswerSource {
  readonly now: number;
  call(): Promise<unknown>;
  timer(callback: () => void, repeats: boolean): number;
  clear(timer: number): void;
}

const maxShown = 300;

/**
 * The globals that a cell has, made of what Node has: enough to follow the source with a debugger. What the
 * cell outputs is printed.
 */
export function cellGlobals(
  opened: OpenedRecord,
  answers: AnswerSource,
  print: (text: string) => void,
): Record<string, unknown> {
  const random = new SeededRandom(opened.seed);
  const stored = new Map<string, string>();
  for (let index = 0; index + 1 < opened.stored.length; index += 2) {
    stored.set(opened.stored[index] ?? "", opened.stored[index + 1] ?? "");
  }
  const say = (name: string) => (value: unknown) =>
    print(`${name}: ${oneLine(typeof value === "string" ? value : json(value), maxShown)}`);
  const call = (name: string) => (input: unknown) => {
    print(`${name}(${oneLine(json(input), maxShown)})`);
    return answers.call();
  };
  const timer =
    (repeats: boolean) =>
    (callback: (...values: unknown[]) => void, _ms?: number, ...values: unknown[]): number =>
      answers.timer(() => callback(...values), repeats);
  return {
    ...webGlobals(),
    tools: Object.fromEntries(opened.tools.map(({ name }) => [name, call(name)])),
    ALL_TOOLS: opened.tools.map(({ name, description }) => ({ name, description })),
    search_tools: call("search_tools"),
    describe_tool: call("describe_tool"),
    text: say("text"),
    image: say("image"),
    audio: say("audio"),
    content: say("content"),
    generatedImage: say("generatedImage"),
    notify: say("notify"),
    yield_control: () => {},
    exit: () => process.exit(),
    store: (key: unknown, value: unknown) => void stored.set(String(key), json(value)),
    load: (key: unknown) => {
      const text = stored.get(String(key));
      return text === undefined ? undefined : JSON.parse(text);
    },
    console: Object.fromEntries(
      ["debug", "log", "info", "warn", "error"].map((name) => [name, say(`console.${name}`)]),
    ),
    setTimeout: timer(false),
    clearTimeout: (timer: number) => answers.clear(timer),
    setInterval: timer(true),
    clearInterval: (timer: number) => answers.clear(timer),
    Date: dateOf(answers),
    Math: mathOf(random),
    performance: { timeOrigin: opened.now, now: () => answers.now - opened.now },
    crypto: {
      getRandomValues: (view: ArrayBufferView) => {
        random.fill(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
        return view;
      },
      randomUUID: () => uuidOf(random),
    },
  };
}

function dateOf(answers: AnswerSource): DateConstructor {
  return new Proxy(Date, {
    apply: () => new Date(answers.now).toString(),
    construct: (target, values, newTarget) =>
      Reflect.construct(target, values.length === 0 ? [answers.now] : values, newTarget),
    get: (target, key) => (key === "now" ? () => answers.now : Reflect.get(target, key)),
  });
}

function mathOf(random: SeededRandom): Math {
  const members = Object.getOwnPropertyDescriptors(Math);
  const math: Math = Object.create(Object.prototype, members);
  Object.defineProperty(math, "random", { value: () => random.nextFraction() });
  return math;
}

function uuidOf(random: SeededRandom): string {
  const bytes = new Uint8Array(16);
  random.fill(bytes);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString("hex");
  return [8, 12, 16, 20, 32].map((to, index) => hex.slice([0, 8, 12, 16, 20][index], to)).join("-");
}

function webGlobals(): Record<string, unknown> {
  return {
    URL,
    URLSearchParams,
    TextEncoder,
    TextDecoder,
    AbortController,
    AbortSignal,
    EventTarget,
    Event,
    structuredClone,
    queueMicrotask,
    atob,
    btoa,
  };
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? "undefined";
}
