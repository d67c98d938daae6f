import type { EndDetails } from "./records.js";

type Fields = Readonly<Record<string, unknown>>;

const usageFields = ["cpuMs", "toolWaitMs", "heapBytes", "heapPeakBytes", "arrayBufferPeakBytes"];
const factFields = ["endedAt", "wallMs", "toolCalls", "outputBytes"];
const errorTexts = ["code", "name", "message", "text"];
const maxCauses = 100;

/** The details of an end, from a store; undefined where they are not what they must be, and then others are told. */
export function checkedEndDetails(record: EndDetails): EndDetails | undefined {
  const { facts, usage, error, place }: Fields = { ...record };
  const isRight =
    hasNumbers(usage, usageFields) &&
    hasNumbers(facts, factFields) &&
    isTexts((facts as Fields)["droppedCalls"]) &&
    (error === undefined || isError(error, maxCauses)) &&
    (place === undefined || isPlace(place));
  return isRight ? record : undefined;
}

function isError(error: unknown, deepest: number): boolean {
  if (!isObject(error) || deepest === 0) return false;
  const { cause } = error;
  const areTexts = errorTexts.every((name) => typeof error[name] === "string");
  return areTexts && (cause === undefined || isError(cause, deepest - 1));
}

function isPlace(place: unknown): boolean {
  return isObject(place) && typeof place["host"] === "string" && isTexts(place["confinement"]);
}

function hasNumbers(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => Number.isFinite(value[name]));
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
